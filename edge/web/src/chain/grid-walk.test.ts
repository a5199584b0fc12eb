import { describe, expect, it } from 'vitest';

import { walk } from './grid-walk';

const SIZE = { rows: 40, columns: 9, page: 10 };

describe('walk', () => {
  it.each([
    ['ArrowUp', 19, 4],
    ['ArrowDown', 21, 4],
    ['ArrowLeft', 20, 3],
    ['ArrowRight', 20, 5],
    ['PageUp', 10, 4],
    ['PageDown', 30, 4],
    ['Home', 20, 0],
    ['End', 20, 8],
  ])('goes by %s to row %d, column %d', (key, row, column) => {
    expect(walk({ row: 20, column: 4 }, { key, ctrlKey: false }, SIZE)).toEqual({ row, column });
  });

  it.each([
    ['ArrowUp', 0, 0],
    ['ArrowLeft', 0, 0],
    ['PageUp', 0, 0],
  ])('stays at the first cell by %s', (key, row, column) => {
    expect(walk({ row: 0, column: 0 }, { key, ctrlKey: false }, SIZE)).toEqual({ row, column });
  });

  it.each(['ArrowDown', 'ArrowRight', 'PageDown'])('stays at the last cell by %s', (key) => {
    const last = { row: 39, column: 8 };
    expect(walk(last, { key, ctrlKey: false }, SIZE)).toEqual(last);
  });

  it('goes to the corners with Control', () => {
    const from = { row: 20, column: 4 };
    expect(walk(from, { key: 'Home', ctrlKey: true }, SIZE)).toEqual({ row: 0, column: 0 });
    expect(walk(from, { key: 'End', ctrlKey: true }, SIZE)).toEqual({ row: 39, column: 8 });
  });

  it('leaves other keys alone', () => {
    expect(walk({ row: 0, column: 0 }, { key: 'g', ctrlKey: false }, SIZE)).toBeUndefined();
  });
});
