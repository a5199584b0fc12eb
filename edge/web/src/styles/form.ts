import { css } from 'lit';

/** Fields to fill in, and what is said about them. */
export const formStyles = css`
  form {
    display: grid;
    gap: 14px;
  }

  .field {
    display: grid;
    gap: 5px;
  }

  .field label {
    color: var(--muted);
    font-size: 12px;
  }

  input {
    width: 100%;
    height: 38px;
    padding: 0 12px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-size: 14px;
  }

  input[aria-invalid='true'] {
    border-color: var(--down);
  }

  .hint {
    margin: 0;
    color: var(--muted);
    font-size: 12px;
  }

  .wrong {
    margin: 0;
    color: var(--down);
    font-size: 12px;
  }

  .problem {
    margin: 0;
    padding: 9px 12px;
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--down);
    font-size: 13px;
  }

  .problem code {
    display: block;
    margin-top: 4px;
    color: var(--muted);
    font-size: 11px;
    overflow-wrap: anywhere;
  }

  .primary {
    height: 38px;
    border-color: transparent;
    background: var(--accent);
    color: light-dark(#ffffff, #0b0e13);
    font-size: 14px;
    font-weight: 600;
  }

  .primary:hover:not(:disabled) {
    color: light-dark(#ffffff, #0b0e13);
    filter: brightness(1.08);
  }

  .plain {
    padding: 4px 0;
    border: 0;
    background: none;
    color: var(--accent);
    font-size: 13px;
    text-decoration: underline;
    cursor: pointer;
  }
`;
