import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Plugin, ResolvedConfig } from 'vite';

const TEXT_EXTENSIONS = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);

/** Each encoding the edge can serve as a sibling file, by the suffix it looks for. */
const ENCODERS: Readonly<Record<string, (source: Buffer) => Promise<Buffer>>> = {
  '.br': (source) =>
    promisify(brotliCompress)(source, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
      },
    }),
  '.gz': (source) => promisify(gzip)(source, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * Writes `.br` and `.gz` beside every text file under a folder.
 *
 * A sibling that would not be smaller is left out, so that a server which prefers siblings never
 * sends more bytes than the file has.
 */
export async function compressFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries.filter(
    (entry) => entry.isFile() && TEXT_EXTENSIONS.has(extname(entry.name)),
  );
  await Promise.all(texts.map((entry) => compressFile(join(entry.parentPath, entry.name))));
}

async function compressFile(path: string): Promise<void> {
  const source = await readFile(path);
  for (const [suffix, encode] of Object.entries(ENCODERS)) {
    const encoded = await encode(source);
    if (encoded.length < source.length) await writeFile(path + suffix, encoded);
  }
}

/** Compresses what a production build wrote, once, at the highest levels. */
export function precompress(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'deltastream:precompress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    // After every other plugin, because the HTML and the public folder are written outside the bundle.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await compressFolder(resolve(config.root, config.build.outDir));
      },
    },
  };
}
