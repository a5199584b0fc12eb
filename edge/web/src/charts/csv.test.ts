import { describe, expect, it } from 'vitest';

import { csvOf, tableCsv } from './csv';

describe('csvOf', () => {
  it('writes a line a row, and quotes what would break one', () => {
    expect(
      csvOf([
        ['a', 'b,c'],
        ['say "x"', 2.5],
        ['two\nlines', 'and\rmore'],
      ]),
    ).toBe('a,"b,c"\r\n"say ""x""",2.5\r\n"two\nlines","and\rmore"\r\n');
  });

  it('leaves the cell of what is not known empty, and never writes 0 for it', () => {
    expect(csvOf([[undefined, null, 0]])).toBe(',,0\r\n');
  });

  it('lets no text run as a formula, and leaves numbers alone', () => {
    expect(csvOf([['=1+1', '@x', '-2', -2, '+SUM(A1)']])).toBe("'=1+1,'@x,'-2,-2,'+SUM(A1)\r\n");
    expect(csvOf([['\t=1', '\r=1']])).toBe(`'\t=1,"'\r=1"\r\n`);
  });
});

describe('tableCsv', () => {
  it('has the headings, and numbers as they are and not as they are written', () => {
    const columns = [{ heading: 'Strike' }, { heading: 'IV %', write: () => '14.2' }];
    expect(tableCsv({ columns, rows: [[24_600, 0.1424]] })).toBe('Strike,IV %\r\n24600,0.1424\r\n');
  });
});
