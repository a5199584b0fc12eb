import { css } from 'lit';

export const figureStyles = css`
  :host {
    display: block;
    min-height: 0;
    contain: layout style;
  }

  figure {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    gap: 8px;
    height: 100%;
    margin: 0;
    padding: 14px 16px 12px;
  }

  header {
    display: flex;
    gap: 6px;
    align-items: center;
  }

  h2 {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow: hidden;
    color: var(--text);
    font-size: 14px;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .control {
    height: 28px;
    padding: 0 8px;
    font-size: 12px;
  }

  .control[aria-pressed='true'] {
    background: var(--raised);
    color: var(--text);
  }

  .chart,
  .table {
    min-height: var(--ds-figure-height, 320px);
  }

  .chart {
    position: relative;
    contain: strict;
  }

  .table {
    overflow: auto;
    outline-offset: -2px;
  }

  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 12px;
  }

  th,
  td {
    padding: 4px 10px;
    border-bottom: 1px solid var(--line);
    text-align: right;
    white-space: nowrap;
  }

  th:first-child,
  td:first-child {
    text-align: left;
  }

  thead th {
    position: sticky;
    top: 0;
    background: var(--surface);
    color: var(--muted);
    font-weight: 600;
  }

  figcaption {
    color: var(--muted);
    font-size: 12px;
    line-height: 1.5;
  }

  [hidden] {
    display: none;
  }
`;
