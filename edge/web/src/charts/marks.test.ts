import { describe, expect, it } from 'vitest';

import { marksOf, RUPEES, THEME } from '../testing/charts';
import { placeMarks, type Mark } from './marks';

const SPAN = { from: 21_000, to: 22_000 };

function place(marks: readonly Mark[], width = 1_076) {
  const { series, height } = placeMarks(marks, SPAN, width, RUPEES, THEME);
  const lines = 'markLine' in series ? (series.markLine.data ?? []) : [];
  const labels = lines.map(
    (line) => (line as { label: { align: string; distance: number[] } }).label,
  );
  return {
    height,
    marked: marksOf({ series }),
    aligned: labels.map(({ align }) => align),
    above: labels.map(({ distance }) => distance[1]),
  };
}

const SPOT: Mark = { name: 'Spot', at: 21_484.5, colour: 'accent' };

describe('placeMarks', () => {
  it('names each price, a strike without decimals', () => {
    const pain: Mark = { name: 'Max pain', at: 21_800, colour: 'notice' };
    expect(place([pain, SPOT]).marked).toEqual([
      ['Spot 21,484.50', 21_484.5],
      ['Max pain 21,800', 21_800],
    ]);
  });

  it('leaves out what is not known, and what lies beside the chart', () => {
    const marks: Mark[] = [
      { name: 'Support', at: null, colour: 'put' },
      { name: 'Resistance', at: undefined, colour: 'call' },
      { name: 'Zero gamma', at: 20_999, colour: 'notice' },
    ];
    expect(place(marks).marked).toEqual([]);
  });

  it('gives prices that are equal one line, named by both', () => {
    const walls: Mark[] = [
      { name: 'Call wall', at: 21_500, colour: 'call' },
      { name: 'Put wall', at: 21_500, colour: 'put' },
    ];
    expect(place(walls).marked).toEqual([['Call wall · Put wall 21,500', 21_500]]);
  });

  it('puts names that would cover one another in rows, and asks for their height', () => {
    const near: Mark = { name: 'Max pain', at: 21_500, colour: 'notice' };
    const { above, height } = place([SPOT, near]);
    expect(new Set(above).size).toBe(2);
    expect(height).toBeGreaterThan(place([SPOT]).height);
  });

  it('keeps one row where there is room, and more where the chart is narrow', () => {
    const far: Mark = { name: 'Max pain', at: 21_650, colour: 'notice' };
    expect(new Set(place([SPOT, far]).above).size).toBe(1);
    expect(new Set(place([SPOT, far], 376).above).size).toBe(2);
  });

  it('turns a name inwards that would leave the chart', () => {
    const ends: Mark[] = [
      { name: 'Support', at: 21_000, colour: 'put' },
      SPOT,
      { name: 'Resistance', at: 22_000, colour: 'call' },
    ];
    expect(place(ends).aligned).toEqual(['left', 'center', 'right']);
  });

  it('needs no height without marks but that of the space above the axes', () => {
    expect(place([]).height).toBeLessThan(10);
  });
});
