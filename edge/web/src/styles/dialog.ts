import { css } from 'lit';

/** The look of a dialog: its frame, its title and the button that closes it, and the headings within. */
export const dialogStyles = css`
  dialog {
    width: min(560px, calc(100vw - 32px));
    max-height: calc(100dvh - 48px);
    padding: 20px 24px 24px;
    overflow: auto;
    border: 1px solid var(--line-strong);
    border-radius: 12px;
    background: var(--surface);
    color: var(--text);
    font-size: 13px;
    line-height: 1.5;
  }

  dialog::backdrop {
    background: #0008;
  }

  .title {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  h2 {
    margin: 0;
    font-size: 16px;
  }

  h3 {
    margin: 18px 0 6px;
    color: var(--muted);
    font-size: 11px;
    letter-spacing: 0.06em;
    text-transform: uppercase;
  }

  @media (width < 560px) {
    dialog {
      padding: 16px;
    }
  }
`;
