import { css } from 'lit';

/** A choice in the bar of a screen: its name, and a list to choose from. */
export const choiceStyles = css`
  .choice {
    display: inline-flex;
    gap: 8px;
    align-items: center;
    color: var(--muted);
    font-size: 13px;
    white-space: nowrap;
  }
`;
