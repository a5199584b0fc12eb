// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { EXPLAIN, type Explanation } from '../explain/explanation';
import { KeyFigures, type KeyFigure } from './key-figures';

const PAIN: KeyFigure = {
  name: 'Max pain',
  value: '21,500',
  note: 'least payout',
  explanation: { heading: 'Max pain', value: '21,500', inputs: [] },
};

const FLIP: KeyFigure = {
  name: 'Zero gamma',
  value: '–',
  explanation: { heading: 'Zero-gamma flip', value: '–', inputs: [] },
};

async function shown(...figures: KeyFigure[]): Promise<HTMLButtonElement[]> {
  const element = new KeyFigures();
  element.figures = figures;
  document.body.replaceChildren(element);
  await element.updateComplete;
  return [...(element.shadowRoot?.querySelectorAll('button') ?? [])];
}

describe('ds-key-figures', () => {
  it('is a button for each figure, named by what it says', async () => {
    const buttons = await shown(PAIN, FLIP);
    expect(buttons.map(({ innerText }) => innerText.split(/\s{2,}|\n/).filter(Boolean))).toEqual([
      ['Max pain', '21,500', 'least payout'],
      ['Zero gamma', '–'],
    ]);
  });

  it('asks for an explanation, through the shadow of the screen', async () => {
    const [, flip] = await shown(PAIN, FLIP);
    const asked: Explanation[] = [];
    const listen = (event: Event): void => {
      asked.push((event as CustomEvent<Explanation>).detail);
    };
    document.addEventListener(EXPLAIN, listen);
    flip?.click();
    document.removeEventListener(EXPLAIN, listen);
    expect(asked).toEqual([FLIP.explanation]);
  });

  it('shows a figure that is missing as less than one that is there', async () => {
    const [pain, flip] = await shown(PAIN, FLIP);
    expect(pain?.querySelector('.value')?.classList.contains('missing')).toBe(false);
    expect(flip?.querySelector('.value')?.classList.contains('missing')).toBe(true);
  });
});
