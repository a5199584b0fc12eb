import { css } from 'lit';

export const explanationStyles = css`
  :host {
    display: contents;
  }

  dialog {
    width: min(460px, calc(100vw - 32px));
    /* Beside the middle, where what is explained most likely stands. */
    margin: auto 24px auto auto;
    padding: 16px 20px 20px;
    text-align: left;
    white-space: normal;
  }

  dialog::backdrop {
    background: #0006;
  }

  .title {
    gap: 12px;
    align-items: start;
  }

  h2 {
    padding-top: 5px;
    font-size: 14px;
    font-weight: 600;
  }

  p {
    margin: 0;
    overflow-wrap: anywhere;
  }

  .value {
    font-size: 24px;
    font-weight: 600;
    line-height: 1.3;
  }

  .missing {
    padding: 6px 10px;
    border-radius: var(--radius);
    background: var(--notice-wash);
    color: var(--notice);
  }

  .formula {
    padding: 8px 10px;
    border-radius: var(--radius);
    background: var(--raised);
    line-height: 1.6;
  }

  dl {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 4px 16px;
    margin: 0;
  }

  dt {
    color: var(--muted);
  }

  dd {
    max-width: 240px;
    margin: 0;
    overflow-wrap: anywhere;
    text-align: right;
  }

  .convention {
    color: var(--muted);
  }

  .age {
    margin-top: 16px;
    padding-top: 10px;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: 12px;
  }

  @media (width < 560px) {
    dialog {
      width: 100vw;
      max-width: none;
      margin: auto 0 0;
      border-radius: 12px 12px 0 0;
    }
  }
`;
