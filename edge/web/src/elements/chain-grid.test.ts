// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';

import { columnChoice } from '../chain/column-choice';
import type { EnrichedChain } from '../contract/types';
import { EXPLAIN, type Explanation } from '../explain/explanation';
import { chain, leg, NIFTY } from '../testing/chains';
import { ChainGrid } from './chain-grid';

const THREE_STRIKES = chain({
  spot_price: 24_610,
  atm_strike: 24_600,
  max_pain_ties: [24_650],
  calls: [
    leg(24_550, { last: 142.1, open_interest: 50 }),
    leg(24_600, { last: 110.4, open_interest: 0 }),
    leg(24_650, { open_interest: 100 }),
  ],
  puts: [leg(24_550, { last: 56.65, open_interest: 25 }), leg(24_650, { open_interest: 200 })],
  total_call_oi: 150,
  total_put_oi: 225,
});

describe('ds-chain-grid', () => {
  let grid: ChainGrid;

  beforeEach(() => {
    grid = new ChainGrid();
    grid.product = NIFTY;
    document.body.replaceChildren(grid);
  });

  async function show(value: EnrichedChain): Promise<void> {
    grid.chain = value;
    await grid.updateComplete;
  }

  function rows(): HTMLElement[] {
    return [...(grid.shadowRoot?.querySelectorAll<HTMLElement>('.body > [role="row"]') ?? [])];
  }

  function texts(row: HTMLElement | undefined): string[] {
    const cells = [...(row?.children ?? [])].filter((cell) => cell.getAttribute('role') !== null);
    return cells.map((cell) => cell.textContent.replaceAll(/\s+/g, ' ').trim());
  }

  it('shows a skeleton, and says that it is busy, until the first chain', async () => {
    await grid.updateComplete;
    expect(rows().every((row) => row.classList.contains('skeleton'))).toBe(true);
    expect(grid.shadowRoot?.querySelector('[role="grid"]')?.getAttribute('aria-busy')).toBe('true');
    await show(THREE_STRIKES);
    expect(rows().some((row) => row.classList.contains('skeleton'))).toBe(false);
  });

  it('mirrors the columns around the strike', async () => {
    await show(THREE_STRIKES);
    const headings = texts(grid.shadowRoot?.querySelector<HTMLElement>('.headings') ?? undefined);
    expect(headings[headings.length >> 1]).toBe('StrikePCR');
    const half = headings.length >> 1;
    expect(headings.slice(half + 1)).toEqual(headings.slice(0, half).toReversed());
  });

  it('writes a dash for what is absent, and 0 for what is 0', async () => {
    await show(THREE_STRIKES);
    const row = texts(rows().find((each) => each.classList.contains('atm')));
    expect(row[0]).toBe('0');
    expect(row.at(-1)).toBe('–');
  });

  it('draws the spot line between the strikes that it lies between', async () => {
    await show(THREE_STRIKES);
    const kinds = rows().map((row) => (row.classList.contains('spot') ? 'spot' : 'strike'));
    expect(kinds).toEqual(['strike', 'strike', 'spot', 'strike']);
    grid.trail = [{ at: 0, price: 24_560 }];
    await grid.updateComplete;
    expect(rows().findIndex((row) => row.classList.contains('spot'))).toBe(1);
  });

  it('shades calls below spot and puts above it, and marks ATM and max pain', async () => {
    await show(THREE_STRIKES);
    const strikes = rows().filter((row) => !row.classList.contains('spot'));
    expect(strikes.map((row) => (row.classList.contains('below') ? 'below' : 'above'))).toEqual([
      'below',
      'below',
      'above',
    ]);
    expect(strikes[1]?.textContent).toContain('ATM');
    expect(strikes[2]?.textContent).toContain('◆');
  });

  it('draws bars of open interest on one scale for both sides', async () => {
    await show(THREE_STRIKES);
    const [first, , , last] = rows();
    const lengths = (row: HTMLElement | undefined): string | undefined =>
      row?.querySelector<HTMLElement>('.bars')?.style.backgroundSize;
    expect(lengths(first)).toMatch(/\* 0\.250\).*\* 0\.125\)/);
    expect(lengths(last)).toMatch(/\* 0\.500\).*\* 1\.000\)/);
  });

  it('leaves the cells of a strike alone in which nothing changed', async () => {
    await show(THREE_STRIKES);
    const before = rows()[0]?.querySelectorAll('[role="gridcell"]')[5]?.firstChild;
    await show({
      ...THREE_STRIKES,
      calls: THREE_STRIKES.calls.map((each) =>
        each.strike === 24_650 ? { ...each, last: 99 } : each,
      ),
    });
    expect(rows()[0]?.querySelectorAll('[role="gridcell"]')[5]?.firstChild).toBe(before);
    expect(texts(rows()[3])).toContain('99.00');
  });

  it('marks the way of a last price that moved', async () => {
    await show(THREE_STRIKES);
    const [first, ...rest] = THREE_STRIKES.calls;
    await show({
      ...THREE_STRIKES,
      calls: [{ ...first, last: 140 } as (typeof rest)[0], ...rest] as never,
    });
    expect(rows()[0]?.querySelector('.last.call')?.className).toContain('moved-down');
  });

  it('sums the sides at the foot', async () => {
    await show(THREE_STRIKES);
    const foot = texts(grid.shadowRoot?.querySelector<HTMLElement>('.totals') ?? undefined);
    expect(foot[0]).toBe('150');
    expect(foot.at(-1)).toBe('225');
  });

  it('says which unit open interest has', async () => {
    await show(THREE_STRIKES);
    expect(grid.shadowRoot?.querySelector('.sides')?.textContent).toContain('in contracts');
  });

  function cellOf(row: number, place: number): HTMLElement {
    const cells = rows()[row]?.querySelectorAll<HTMLElement>(':scope > span') ?? [];
    const cell = cells[place];
    if (cell === undefined) throw new Error(`no cell ${place} in row ${row}`);
    return cell;
  }

  function explained(): string[] {
    const headings: string[] = [];
    grid.addEventListener(EXPLAIN, (event) => {
      headings.push((event as CustomEvent<Explanation>).detail.heading);
    });
    return headings;
  }

  function press(key: string): void {
    const target = grid.shadowRoot?.activeElement;
    target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  }

  it('asks to explain the figure that is clicked', async () => {
    await show(THREE_STRIKES);
    const headings = explained();
    cellOf(0, 0).click();
    cellOf(2, 0).click();
    grid.shadowRoot?.querySelector<HTMLElement>('.totals > [role="gridcell"]')?.click();
    expect(headings).toEqual([
      'Open interest, 24,550 call',
      'Spot price, NIFTY',
      'Total open interest, calls',
    ]);
  });

  it('has one place in the order of tabs, at the money, which keys move', async () => {
    await show(THREE_STRIKES);
    const stops = (): HTMLElement[] => [
      ...(grid.shadowRoot?.querySelectorAll<HTMLElement>('[tabindex="0"]') ?? []),
    ];
    expect(stops().map((cell) => cell.textContent)).toEqual([
      expect.stringContaining('24,600') as string,
    ]);
    stops()[0]?.focus();
    press('ArrowUp');
    press('Home');
    expect(stops()).toEqual([cellOf(0, 0)]);
    expect(grid.shadowRoot?.activeElement).toBe(cellOf(0, 0));
  });

  it('asks to explain the figure that has the keyboard, by Enter', async () => {
    await show(THREE_STRIKES);
    const headings = explained();
    cellOf(0, 1).click();
    press('ArrowDown');
    press('Enter');
    expect(headings.at(-1)).toMatch(/, 24,600 call$/);
  });

  it('comes back to its column behind the spot line, which has a single cell', async () => {
    await show(THREE_STRIKES);
    cellOf(1, 1).click();
    press('ArrowDown');
    expect(grid.shadowRoot?.activeElement).toBe(cellOf(2, 0));
    press('ArrowDown');
    expect(grid.shadowRoot?.activeElement).toBe(cellOf(3, 1));
  });

  it('shows the columns that are chosen', async () => {
    await show(THREE_STRIKES);
    columnChoice().toggle('price', 'bid');
    await grid.updateComplete;
    const headings = texts(grid.shadowRoot?.querySelector<HTMLElement>('.headings') ?? undefined);
    expect(headings).not.toContain('Bid');
    columnChoice().reset('price');
    await grid.updateComplete;
    expect(texts(grid.shadowRoot?.querySelector<HTMLElement>('.headings') ?? undefined)).toContain(
      'Bid',
    );
  });
});
