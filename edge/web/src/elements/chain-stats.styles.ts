import { css } from 'lit';

export const statsStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }

  /* Some figure changes with every chain: its height is stated, so that nothing around it is laid out. */
  dl {
    position: relative;
    display: grid;
    grid-template-columns: minmax(250px, 2fr) repeat(10, minmax(0, 1fr));
    height: 90px;
    contain: strict;
    margin: 0;
    padding: 12px 0;
  }

  dl > div {
    display: grid;
    grid-template-rows: 16px 26px 16px;
    align-content: start;
    min-width: 0;
    padding: 0 6px 0 10px;
    border-left: 1px solid var(--line);
  }

  dl > div.spot {
    grid-template-rows: 16px 26px 24px;
    grid-template-columns: auto minmax(40px, 1fr);
    column-gap: 16px;
    padding: 0 16px;
    border-left: 0;
  }

  button {
    max-width: 100%;
    min-height: 24px;
    padding: 0;
    overflow: hidden;
    border: 0;
    border-radius: 4px;
    background: none;
    color: inherit;
    font: inherit;
    font-variant-numeric: tabular-nums;
    letter-spacing: inherit;
    line-height: inherit;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: help;
  }

  button:hover {
    text-decoration: underline dotted var(--muted);
    text-underline-offset: 4px;
  }

  button:focus-visible {
    outline-offset: -2px;
  }

  dt,
  dd {
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  dt {
    color: var(--muted);
    font-size: 11px;
    line-height: 16px;
  }

  dd {
    color: var(--number, var(--text));
    font-size: 17px;
    font-weight: 500;
    line-height: 26px;
  }

  .spot dd {
    font-size: 23px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }

  dl dd.note {
    color: var(--muted);
    font-size: 11px;
    font-weight: 400;
    letter-spacing: 0;
    line-height: 16px;
  }

  .spot dd.note {
    font-size: 12px;
    font-weight: 500;
  }

  .picture {
    grid-row: 1 / -1;
    grid-column: 2;
    align-self: center;
  }

  .sparkline {
    display: block;
    width: 100%;
    max-width: 180px;
    height: 40px;
  }

  polyline {
    fill: none;
    stroke: var(--muted);
    stroke-linejoin: round;
    stroke-width: 1.5;
  }

  .up {
    color: var(--up);
  }

  .down {
    color: var(--down);
  }

  /* Two rows, without what is under the figures. */
  @container (width < 1240px) {
    dl {
      grid-template-columns: minmax(190px, 1.7fr) repeat(5, minmax(0, 1fr));
      row-gap: 6px;
      height: 114px;
    }

    dl > div.spot {
      grid-row: span 2;
      grid-template-columns: minmax(0, 1fr);
    }

    dl > div:not(.spot) {
      grid-template-rows: 16px 26px;
    }

    dl > div:not(.spot) dd.note,
    .picture {
      display: none;
    }

    dd {
      font-size: 15px;
    }

    .spot dd {
      font-size: 20px;
    }
  }

  @container (width < 720px) {
    dl {
      grid-template-columns: repeat(5, minmax(0, 1fr));
      height: 173px;
      padding: 8px 0;
    }

    dl > div {
      border-left: 0;
    }

    dl > div:not(.spot) {
      grid-template-rows: 15px 24px;
      padding: 0 0 0 12px;
    }

    dl > div.spot {
      grid-row: auto;
      grid-template-rows: 15px 28px 24px;
      grid-template-columns: auto minmax(60px, 1fr);
      grid-column: 1 / -1;
      padding: 0 12px;
    }

    .picture {
      display: block;
    }

    dd {
      font-size: 14px;
      line-height: 24px;
    }

    .spot dd {
      font-size: 23px;
      line-height: 28px;
    }
  }

  @container (width < 480px) {
    dl {
      grid-template-columns: repeat(4, minmax(0, 1fr));
      height: 218px;
    }
  }
`;
