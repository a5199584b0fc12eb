import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compressFolder } from './precompress';

describe('compressFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'precompress-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes siblings that decode to the file, in nested folders too', async () => {
    const text = 'strike '.repeat(200);
    const path = join(folder, 'assets', 'index.js');
    await mkdir(join(folder, 'assets'));
    await writeFile(path, text);

    await compressFolder(folder);

    expect(brotliDecompressSync(await readFile(`${path}.br`)).toString()).toBe(text);
    expect(gunzipSync(await readFile(`${path}.gz`)).toString()).toBe(text);
  });

  it('leaves out a sibling that would be larger than the file', async () => {
    const path = join(folder, 'tiny.txt');
    await writeFile(path, 'x');
    await compressFolder(folder);
    expect(existsSync(`${path}.gz`)).toBe(false);
  });

  it('leaves binary formats alone', async () => {
    const path = join(folder, 'picture.png');
    await writeFile(path, Buffer.alloc(4096));
    await compressFolder(folder);
    expect(existsSync(`${path}.br`)).toBe(false);
  });
});
