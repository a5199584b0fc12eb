import { css } from 'lit';

export const systemStyles = css`
  .content {
    gap: 20px;
    padding: 16px;
  }

  .content:focus-visible {
    outline-offset: -2px;
  }

  .content > * {
    flex: none;
  }

  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
    gap: 16px;
  }

  .card {
    padding: 14px 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }

  h2 {
    margin: 0 0 10px;
    font-size: 14px;
    font-weight: 600;
  }

  dl {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 6px 16px;
    margin: 0;
    font-size: 13px;
  }

  dt {
    color: var(--muted);
  }

  dt[title] {
    text-decoration: underline dotted var(--line-strong);
    text-underline-offset: 3px;
    cursor: help;
  }

  dd {
    margin: 0;
    text-align: right;
  }

  p {
    margin: 0;
    color: var(--muted);
    font-size: 13px;
    line-height: 1.5;
  }

  .refused {
    margin-top: 8px;
    color: var(--notice);
  }

  .notices {
    display: grid;
    gap: 6px;
    margin: 0;
    padding: 10px 16px 10px 32px;
    border-radius: var(--radius);
    background: var(--notice-wash);
    color: var(--notice);
    font-size: 13px;
    line-height: 1.45;
  }

  .table {
    overflow-x: auto;
  }

  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 13px;
  }

  th,
  td {
    height: var(--row-height);
    padding: 0 12px;
    border-bottom: 1px solid var(--line);
    text-align: right;
    white-space: nowrap;
  }

  th {
    color: var(--muted);
    font-weight: 500;
  }

  th:first-child,
  td.error {
    text-align: left;
  }

  tbody th {
    color: var(--text);
  }

  th small {
    margin-left: 8px;
    color: var(--muted);
    font-size: 12px;
    font-weight: 400;
  }

  .whole > * {
    font-weight: 600;
  }

  td.error {
    max-width: 480px;
    white-space: normal;
  }

  ds-figure {
    --ds-figure-height: 220px;

    margin: 12px -16px 0;
  }

  @container (width < 560px) {
    .content {
      padding: 12px;
    }

    ds-figure {
      margin: 12px -12px 0;
    }

    th small {
      display: none;
    }

    th,
    td {
      padding: 0 8px;
    }
  }
`;
