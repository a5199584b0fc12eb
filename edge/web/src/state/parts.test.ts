import { afterEach, describe, expect, it } from 'vitest';

import { fetchMissingParts, fetchPart, isPartMissing } from './parts';

/** A part that a server has, or has not. */
class Served {
  isThere = false;
  asked = 0;

  readonly load = (): Promise<string> => {
    this.asked += 1;
    return this.isThere ? Promise.resolve('the part') : Promise.reject(new TypeError('gone'));
  };
}

describe('a part of the page', () => {
  const one = new Served();
  const other = new Served();

  afterEach(async () => {
    one.isThere = other.isThere = true;
    await Promise.all([fetchPart(one.load), fetchPart(other.load)]);
    one.isThere = other.isThere = false;
    one.asked = other.asked = 0;
  });

  it('is there once it has been fetched', async () => {
    one.isThere = true;
    expect(await fetchPart(one.load)).toBe('the part');
    expect(isPartMissing.value).toBe(false);
  });

  it('is missing while the server has it not', async () => {
    expect(await fetchPart(one.load)).toBeUndefined();
    expect(isPartMissing.value).toBe(true);
  });

  it('is missing until it is fetched itself, whatever else is', async () => {
    other.isThere = true;
    await fetchPart(one.load);
    await fetchPart(other.load);
    expect(isPartMissing.value).toBe(true);
    one.isThere = true;
    await fetchPart(one.load);
    expect(isPartMissing.value).toBe(false);
  });

  it('is tried again once, however often it was wanted, and what is there is not', async () => {
    other.isThere = true;
    await fetchPart(other.load);
    await fetchPart(one.load);
    await fetchPart(one.load);
    one.isThere = true;
    fetchMissingParts();
    await expect.poll(() => isPartMissing.value).toBe(false);
    expect([one.asked, other.asked]).toEqual([3, 1]);
  });
});
