import { css } from 'lit';

/**
 * The palette and the measures, the same for the page and for an element in somebody else's page.
 *
 * A page chooses the theme with `--ds-color-scheme: light`. Calls and puts differ in hue and not
 * in red and green, which are kept for down and up; a page that wants other colours for the four
 * sets `--ds-call`, `--ds-put`, `--ds-up` and `--ds-down`. Rows are `--ds-row-height` tall.
 */
export const tokens = css`
  :host {
    color-scheme: var(--ds-color-scheme, dark);

    --bg: light-dark(#f4f6f9, #0b0e13);
    --surface: light-dark(#ffffff, #10141b);
    --raised: light-dark(#eef1f6, #181e28);
    --line: light-dark(#dfe4ec, #1f2631);
    --line-strong: light-dark(#c3ccd9, #344052);

    --text: light-dark(#131a24, #e4e9f1);
    --muted: light-dark(#4a5768, #a3b0c3);
    --accent: light-dark(#1a5fb4, #8ab4ff);

    --call: var(--ds-call, light-dark(#0a6ca3, #5ab4e6));
    --put: var(--ds-put, light-dark(#a4520c, #f0a35e));
    --call-bar: var(--ds-call-bar, light-dark(#0a6ca326, #5ab4e633));
    --put-bar: var(--ds-put-bar, light-dark(#c4691a29, #f0a35e30));
    --call-shade: var(--ds-call-shade, light-dark(#0a6ca30d, #5ab4e60d));
    --put-shade: var(--ds-put-shade, light-dark(#c4691a0f, #f0a35e0d));

    --up: var(--ds-up, light-dark(#0a6640, #5cd09a));
    --down: var(--ds-down, light-dark(#a8222b, #ff9fa3));
    --notice: light-dark(#7a5200, #f2c55c);
    --notice-wash: light-dark(#fdf1d2, #2a2210);

    --row-height: var(--ds-row-height, 28px);
    --radius: 8px;
    --font:
      Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue',
      'Liberation Sans', Arial, sans-serif;
  }

  :host,
  button,
  select {
    font-family: var(--font);
    font-variant-numeric: tabular-nums;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;

/** Buttons and other things to press, as used in every bar of the page. */
export const controls = css`
  .control {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-width: 32px;
    height: 32px;
    padding: 0 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--muted);
    font-size: 13px;
    line-height: 1;
    white-space: nowrap;
    cursor: pointer;
  }

  .control:hover:not(:disabled) {
    border-color: var(--line-strong);
    color: var(--text);
  }

  .control:disabled {
    opacity: 0.4;
    cursor: default;
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
