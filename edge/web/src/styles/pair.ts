import { css } from 'lit';

/** Two figures of one screen: side by side where there is room, else one above the other. */
export const pairStyles = css`
  .pair {
    display: grid;
    flex: 1 0 auto;
    grid-template-columns: minmax(0, 1fr);
  }

  .pair > * + * {
    border-top: 1px solid var(--line);
  }

  @container (width >= 1100px) {
    .pair {
      grid-template-columns: minmax(0, 3fr) minmax(540px, 2fr);
    }

    .pair > * + * {
      border-top: 0;
      border-left: 1px solid var(--line);
    }
  }
`;
