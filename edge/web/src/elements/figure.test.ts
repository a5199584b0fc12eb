// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Plan } from '../charts/drawing';
import type { FigureTable } from '../charts/table';
import { productFormat } from '../format/product-format';
import { Figure } from './figure';

const { strike, quantity } = productFormat();

const TABLE: FigureTable = {
  columns: [
    { heading: 'Strike', write: strike },
    { heading: 'Call OI', write: quantity },
  ],
  rows: [
    [24_600, 1_234],
    [24_650, undefined],
  ],
};

const PLAN: Plan = { medium: 'canvas', paint: () => undefined };

describe('ds-figure', () => {
  let figure: Figure;

  beforeEach(async () => {
    figure = new Figure();
    figure.heading = 'Open interest by strike';
    figure.caption = 'Simulated · as of 13:59 IST';
    document.body.replaceChildren(figure);
    await figure.updateComplete;
  });

  async function show(parts: Partial<Pick<Figure, 'plan' | 'table' | 'summary'>>): Promise<void> {
    Object.assign(figure, parts);
    await figure.updateComplete;
  }

  function find(selector: string): HTMLElement | null {
    return figure.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  }

  function button(name: string): HTMLButtonElement {
    const found = [...(figure.shadowRoot?.querySelectorAll('button') ?? [])].find(
      ({ textContent }) => textContent.trim() === name,
    );
    if (found === undefined) throw new Error(`there is no button ${name}`);
    return found;
  }

  async function press(name: string): Promise<void> {
    button(name).click();
    await figure.updateComplete;
  }

  it('says what it shows and where from', async () => {
    await show({ plan: PLAN, table: TABLE, summary: 'Calls hold most at 24,600.' });
    expect(find('h2')?.textContent.trim()).toBe('Open interest by strike');
    expect(find('figcaption')?.textContent).toBe('Simulated · as of 13:59 IST');
    expect(find('.chart')?.getAttribute('role')).toBe('img');
    expect(find('.chart')?.getAttribute('aria-label')).toBe('Calls hold most at 24,600.');
  });

  it('is drawn on a canvas of its medium', async () => {
    await show({ plan: PLAN, table: TABLE });
    await vi.waitFor(() => {
      expect(find('.chart canvas')).not.toBeNull();
    });
  });

  it('reads as a table: headings, figures as they are written, a dash for what is missing', async () => {
    await show({ plan: PLAN, table: TABLE });
    await press('Table');
    const rows = [...(find('table')?.querySelectorAll('tr') ?? [])].map((row) =>
      [...row.children].map(({ textContent }) => textContent),
    );
    expect(rows).toEqual([
      ['Strike', 'Call OI'],
      ['24,600', '1,234'],
      ['24,650', '–'],
    ]);
    expect(find('tbody th')?.getAttribute('scope')).toBe('row');
    expect(button('Table').getAttribute('aria-pressed')).toBe('true');
  });

  it('keeps the chart below its table, so that it can still be saved', async () => {
    await show({ plan: PLAN, table: TABLE });
    await press('Table');
    expect(find('.chart')?.hasAttribute('data-covered')).toBe(true);
    expect(button('PNG').disabled).toBe(false);
    await press('Table');
    expect(find('table')).toBeNull();
    expect(find('.chart')?.hasAttribute('data-covered')).toBe(false);
  });

  it('lets the keyboard scroll a table', async () => {
    await show({ plan: PLAN, table: TABLE });
    await press('Table');
    expect(find('.table')?.tabIndex).toBe(0);
    expect(find('.table')?.getAttribute('aria-label')).toContain('Open interest by strike');
  });

  it('is its table alone without a plan', async () => {
    await show({ table: TABLE });
    expect(find('table')).not.toBeNull();
    expect(find('.chart')).toBeNull();
    expect(button('CSV').disabled).toBe(false);
    expect(() => button('Table')).toThrow();
  });

  it.each([
    ['no plan and no table', {}],
    ['a table without a row', { plan: PLAN, table: { columns: TABLE.columns, rows: [] } }],
  ])('says that there is nothing: %s', async (_, parts) => {
    await show(parts);
    expect(find('.message')?.textContent).toBe('There is nothing to draw yet.');
    expect(find('.chart')).toBeNull();
    expect(button('CSV').disabled).toBe(true);
  });

  it('has buttons whose names begin with what is written on them', async () => {
    await show({ plan: PLAN, table: TABLE });
    for (const name of ['Table', 'PNG', 'CSV']) {
      expect(button(name).getAttribute('aria-label')).toMatch(new RegExp(`^${name}: `));
    }
  });

  it('saves the figures as they are, under its name', async () => {
    const saved: { name: string; blob: Blob }[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved.push({ name: '', blob: blob as Blob });
      return 'blob:1';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      const last = saved.at(-1);
      if (last !== undefined) last.name = this.download;
    });
    figure.filename = 'open-interest-NIFTY';
    await show({ table: TABLE });
    await press('CSV');
    expect(saved[0]?.name).toBe('open-interest-NIFTY.csv');
    expect(await saved[0]?.blob.text()).toBe('Strike,Call OI\r\n24600,1234\r\n24650,\r\n');
  });
});
