import { css } from 'lit';

export const optionChainStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: var(--ds-chain-height, 640px);
    min-height: 0;
    background: var(--surface);
    color: var(--text);
    contain: layout style;
    container-type: inline-size;
  }

  .bar {
    display: flex;
    gap: 8px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
  }

  .bar > :last-child {
    margin-left: auto;
  }

  .modes {
    display: inline-flex;
  }

  .modes .control {
    border-radius: 0;
  }

  .modes .control:first-child {
    border-radius: var(--radius) 0 0 var(--radius);
  }

  .modes .control:last-child {
    margin-left: -1px;
    border-radius: 0 var(--radius) var(--radius) 0;
  }

  .control[aria-pressed='true'] {
    background: var(--raised);
    color: var(--text);
    font-weight: 600;
  }

  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }

  .dimmed {
    --number: var(--muted);
    --call-bar: var(--raised);
    --put-bar: var(--raised);
  }

  ds-chain-stats {
    border-bottom: 1px solid var(--line);
  }

  ds-chain-grid {
    flex: 1;
  }

  @container (width < 560px) {
    .bar {
      gap: 6px;
      padding: 8px 12px;
    }

    .bar .control {
      padding: 0 8px;
    }

    .roomy {
      display: none;
    }
  }
`;
