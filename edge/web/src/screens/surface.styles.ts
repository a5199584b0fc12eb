import { css } from 'lit';

export const surfaceStyles = css`
  .turned {
    display: flex;
    flex: 1 0 auto;
    flex-direction: column;
    outline-offset: -2px;
    cursor: grab;
    /* A drag across turns the surface; one up or down still moves the page. */
    touch-action: pan-y;
  }

  .turned:active {
    cursor: grabbing;
  }

  .turned > ds-figure {
    flex: 1 0 auto;
  }
`;
