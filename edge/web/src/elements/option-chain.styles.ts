import { css } from 'lit';

export const optionChainStyles = css`
  :host {
    height: var(--ds-chain-height, 640px);
  }

  .bar > .last {
    margin-left: auto;
  }

  .content {
    overflow: visible;
  }

  ds-chain-stats {
    border-bottom: 1px solid var(--line);
  }

  ds-chain-grid {
    flex: 1;
  }

  @container (width < 560px) {
    .roomy {
      display: none;
    }
  }
`;
