import { css } from 'lit';

export const figureStyles = css`
  :host {
    display: grid;
    grid-template-rows: minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
    contain: layout style;
    container-type: inline-size;
  }

  figure {
    display: grid;
    grid-template-rows: auto minmax(var(--ds-figure-height, 320px), 1fr) auto;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    margin: 0;
    padding: 14px 16px 12px;
  }

  header {
    display: flex;
    gap: 12px;
    align-items: start;
  }

  h2 {
    flex: 1;
    min-width: 0;
    margin: 4px 0 0;
    color: var(--text);
    font-size: 14px;
    font-weight: 600;
    line-height: 20px;
  }

  small {
    margin-left: 6px;
    color: var(--muted);
    font-size: 12px;
    font-weight: 400;
    white-space: nowrap;
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    justify-content: end;
  }

  .control {
    height: 28px;
    padding: 0 8px;
    font-size: 12px;
  }

  .control[aria-pressed='true'] {
    background: var(--raised);
    color: var(--text);
    font-weight: 600;
  }

  /* What is shown takes the room there is and asks for none: a long table scrolls. */
  .stage {
    position: relative;
    contain: strict;
  }

  .chart,
  .table,
  .message {
    position: absolute;
    inset: 0;
  }

  .chart {
    opacity: var(--ds-figure-opacity, 1);
  }

  /* Not taken out of the layout: it keeps its size, and can be saved. */
  .chart[data-covered] {
    visibility: hidden;
  }

  .table {
    overflow: auto;
    outline-offset: -2px;
  }

  .message {
    display: grid;
    place-content: center;
    margin: 0;
    padding: 0 24px;
    border: 1px dashed var(--line);
    border-radius: var(--radius);
    color: var(--muted);
    font-size: 13px;
    line-height: 1.6;
    text-align: center;
  }

  table {
    width: 100%;
    border-collapse: separate;
    border-spacing: 0;
    color: var(--number, var(--text));
    font-size: 12px;
  }

  th,
  td {
    padding: 4px 8px;
    border-bottom: 1px solid var(--line);
    text-align: right;
    white-space: nowrap;
  }

  th:first-child {
    text-align: left;
  }

  tbody th {
    position: sticky;
    left: 0;
    background: var(--surface);
    font-weight: 600;
  }

  tbody tr:hover > * {
    background: var(--raised);
  }

  thead th {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--surface);
    color: var(--muted);
    font-weight: 600;
    white-space: normal;
    vertical-align: bottom;
  }

  thead th:first-child {
    left: 0;
    z-index: 2;
  }

  figcaption {
    color: var(--muted);
    font-size: 12px;
    line-height: 1.5;
  }

  @container (width < 560px) {
    figure {
      padding: 12px 12px 10px;
    }

    small {
      display: block;
      margin-left: 0;
    }

    th,
    td {
      padding: 4px 6px;
    }
  }
`;
