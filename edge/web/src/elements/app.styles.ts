import { css } from 'lit';

export const appStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto auto auto minmax(420px, 1fr);
    grid-template-columns: minmax(0, 1fr);
    height: 100dvh;
    background: var(--bg);
    color: var(--text);
  }

  .top {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 20px;
    align-items: center;
    min-height: 54px;
    padding: 0 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }

  .brand {
    display: flex;
    gap: 9px;
    align-items: center;
    margin: 0;
    font-size: 15px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }

  .brand svg {
    display: block;
    width: 22px;
    height: 22px;
    fill: none;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 2.2;
  }

  .delta {
    stroke: var(--call);
  }

  .wave {
    stroke: var(--put);
  }

  .tools {
    display: flex;
    gap: 8px;
    align-items: center;
  }

  ds-connection-badge {
    margin-right: 8px;
  }

  .tools > .control {
    padding: 0 7px;
  }

  .account > span {
    max-width: 120px;
    overflow: hidden;
    line-height: 1.3;
    text-overflow: ellipsis;
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    min-height: 0;
    background: var(--surface);
  }

  main > * {
    --ds-chain-height: 100%;
    --ds-screen-height: 100%;
  }

  @media (width < 720px) {
    .top {
      grid-template-columns: 1fr auto;
      gap: 0 8px;
      padding: 6px 12px 0;
    }

    .brand-name {
      position: absolute;
      clip-path: inset(50%);
    }

    .tools {
      gap: 4px;
    }

    .theme {
      display: none;
    }

    .account > span {
      max-width: 72px;
    }

    ds-product-tabs {
      grid-row: 2;
      grid-column: 1 / -1;
      margin: 0 -12px;
    }
  }
`;
