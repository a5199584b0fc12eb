import { describe, expect, it } from 'vitest';

import { historyMode, rangeModes, seriesModes } from './history-mode';

describe('historyMode', () => {
  it.each([
    ['', 'pcr', '1h'],
    ['pcr-1w', 'pcr', '1w'],
    ['max-pain-all', 'max-pain', 'all'],
    ['nonsense-99y', 'pcr', '1h'],
    ['pcr-constructor', 'pcr', '1h'],
  ])('reads %o as %s over %s', (mode, series, range) => {
    expect(historyMode(mode)).toMatchObject({ series, range: { mode: range } });
  });

  it('is read back from each mode that is offered', () => {
    const start = historyMode('max-pain-1d');
    for (const [mode] of seriesModes(start)) expect(historyMode(mode).range.mode).toBe('1d');
    for (const [mode] of rangeModes(start)) expect(historyMode(mode).series).toBe('max-pain');
  });
});
