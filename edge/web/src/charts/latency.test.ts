import { describe, expect, it } from 'vitest';

import type { LatencySecond } from '../state/latency';
import { latencyOption, latencyTable } from './latency';
import { textOf } from './table';
import type { ChartTheme } from './theme';

const SECONDS: readonly LatencySecond[] = [
  { ago: 1, count: 0, mesh: undefined, page: undefined, slowest: undefined },
  { ago: 0, count: 4, mesh: 12.25, page: 8.5, slowest: 31 },
];

const THEME = {
  colours: new Proxy({}, { get: (_, name) => String(name) }),
  font: 'sans-serif',
} as ChartTheme;

const write = (value: number | null | undefined): string =>
  value == null ? '–' : `${value.toFixed(1)} ms`;

describe('the latency chart', () => {
  it('leaves a gap where nothing was drawn', () => {
    const { series } = latencyOption(SECONDS, write)(THEME) as {
      series: { name: string; data: unknown[] }[];
    };
    expect(series.map(({ name, data }) => [name, data])).toEqual([
      [
        'Mesh, median',
        [
          [-1, null],
          [-0, 12.25],
        ],
      ],
      [
        'Page, median',
        [
          [-1, null],
          [-0, 8.5],
        ],
      ],
      [
        'Whole way, slowest',
        [
          [-1, null],
          [-0, 31],
        ],
      ],
    ]);
  });

  it('has a table that says the same', () => {
    const { columns, rows } = latencyTable(SECONDS, write);
    expect(rows.map((row) => row.map((cell, at) => textOf(cell, columns[at])))).toEqual([
      ['1', '0', '–', '–', '–'],
      ['0', '4', '12.3 ms', '8.5 ms', '31.0 ms'],
    ]);
  });
});
