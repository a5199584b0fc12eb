import { describe, expect, it } from 'vitest';

import { buildLadder } from '../chain/ladder';
import type { EnrichedChain } from '../contract/types';
import { MISSING } from '../format/absent';
import { leg } from '../testing/chains';
import { column, FULL, input, subject } from '../testing/explained';
import type { Explanation } from './explanation';
import { explainCell, type Line } from './grid-cell';

/** Calls: open interest, volume, last; strike; puts: last, volume, open interest. */
const COLUMNS = [column('open_interest'), column('volume'), column('last')];

function cell(
  line: Line,
  place: number,
  figures: Partial<EnrichedChain> = {},
): Explanation | undefined {
  const shown = subject(figures);
  const ladder = buildLadder(shown.chain);
  const trail = [
    { at: Date.parse('2025-08-05T08:29:30Z'), price: 24_590 },
    { at: Date.parse('2025-08-05T08:29:33Z'), price: 24_601.5 },
  ];
  return explainCell(line, place, { ...shown, ladder, trail, columns: COLUMNS });
}

describe('explainCell', () => {
  it.each([
    [0, 'Open interest, 24,600 call'],
    [2, 'Last price, 24,600 call'],
    [3, 'Put-call ratio of open interest, 24,600'],
    [4, 'Last price, 24,600 put'],
    [6, 'Open interest, 24,600 put'],
  ])('finds at place %d of a strike: %s', (place, heading) => {
    expect(cell(24_600, place)?.heading).toBe(heading);
  });

  it.each([
    [0, 'Total open interest, calls', '7,13,699'],
    [1, 'Total volume, calls', '6,70,377'],
    [3, 'Put-call ratio of open interest, NIFTY Thu, 7 Aug 2025', '1.11'],
    [6, 'Total open interest, puts', '7,91,672'],
  ])('finds at place %d of the totals: %s', (place, heading, value) => {
    expect(cell('totals', place)).toMatchObject({ heading, value });
  });

  it('finds nothing to explain where there is no sum', () => {
    expect(cell('totals', 2)).toBeUndefined();
  });

  it('finds the latest tick at the spot line, with the time of its own', () => {
    const explanation = cell('spot', 0);
    expect(explanation?.value).toBe('₹24,601.50');
    expect(explanation?.timestamp).toBe('2025-08-05T08:29:33.000Z');
  });

  it('says of an empty cell that the option is not listed', () => {
    expect(cell(24_600, 6, { puts: [] })).toMatchObject({
      value: MISSING,
      missing: 'No 24,600 put is listed for this expiry',
    });
  });

  it('counts which options a total is the sum of', () => {
    const total = cell('totals', 0, { calls: [...FULL.calls, leg(24_700)] });
    expect(total && input(total, 'Listed')).toBe('3');
    expect(total && input(total, 'states it')).toBe('2');
  });
});

describe('the put-call ratio of a strike', () => {
  it('shows what is divided by what', () => {
    const explanation = cell(24_600, 3);
    expect(explanation?.value).toBe('1.00');
    expect(explanation && input(explanation, 'of the call')).toBe('1,20,443');
  });

  it('has nothing to divide by where the call has no open interest', () => {
    const calls = [leg(24_600, { open_interest: 0 })];
    expect(cell(24_600, 3, { calls })).toMatchObject({
      value: MISSING,
      missing: 'The call has no open interest to divide by',
    });
  });

  it('is not known where an open interest is not', () => {
    const missing = 'The source does not state it';
    expect(cell(24_600, 3, { calls: [] })).toMatchObject({ value: MISSING, missing });
  });
});
