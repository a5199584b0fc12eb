import { describe, expect, it } from 'vitest';

import { colourScale } from './colour-scale';

describe('colourScale', () => {
  const colourAt = colourScale(['rgb(0, 0, 0)', 'rgb(100, 200, 50)', 'rgb(200, 0, 0)']);

  it('goes from colour to colour', () => {
    expect([0, 0.25, 0.5, 1].map(colourAt)).toEqual([
      'rgb(0, 0, 0)',
      'rgb(50, 100, 25)',
      'rgb(100, 200, 50)',
      'rgb(200, 0, 0)',
    ]);
  });

  it('keeps the colour of its ends beyond them', () => {
    expect([-1, 2].map(colourAt)).toEqual(['rgb(0, 0, 0)', 'rgb(200, 0, 0)']);
  });
});
