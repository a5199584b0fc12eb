import { css } from 'lit';

export const optionChainStyles = css`
  :host {
    height: var(--ds-chain-height, 640px);
  }

  .paused {
    display: inline-flex;
    gap: 8px;
    align-items: center;
    padding: 0 10px;
    border-radius: var(--radius);
    background: var(--notice-wash);
    color: var(--notice);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }

  .paused strong {
    letter-spacing: 0.1em;
    text-transform: uppercase;
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
