import { css } from 'lit';

/** Triangles of two halves each, filled with the colour of the text. */
const UP = css`
  linear-gradient(to bottom right, transparent 48%, currentcolor 52%),
  linear-gradient(to bottom left, transparent 48%, currentcolor 52%)
`;
const DOWN = css`
  linear-gradient(to top right, transparent 48%, currentcolor 52%),
  linear-gradient(to top left, transparent 48%, currentcolor 52%)
`;

/** What figures, tags and bars look like by what they say; after the styles of the grid. */
export const cellStyles = css`
  .row > .none {
    color: var(--muted);
  }

  .row > .up {
    color: var(--up);
  }

  .row > .down {
    color: var(--down);
  }

  /*
   * A triangle after a figure, for the eye: the sign has said it. It lies in the cell's padding, as a
   * background, because glyphs of their own were a sixth of the layout of each chain.
   */
  .row > .up,
  .row > .down,
  .row > .moved-up,
  .row > .moved-down {
    background-position:
      right 4px center,
      right 1px center;
    background-size: 3px 6px;
    background-repeat: no-repeat;
  }

  .row > .up {
    background-image: ${UP};
  }

  .row > .down {
    background-image: ${DOWN};
  }

  /* The padding is 6 pixels there. */
  .narrow .row > .up,
  .narrow .row > .down {
    background-position:
      right 3px center,
      right 1px center;
    background-size: 2px 5px;
  }

  /*
   * A last price that moved with the latest chain, until the table settles. Nothing fades, because
   * that would cost a style in every frame.
   */
  @media (prefers-reduced-motion: no-preference) {
    .wide:not(.settled) .row > .moved-up {
      background-image: ${UP};
      color: var(--up);
    }

    .wide:not(.settled) .row > .moved-down {
      background-image: ${DOWN};
      color: var(--down);
    }
  }

  /* Where the system chooses the colours, it leaves such backgrounds out. */
  @media (forced-colors: active) {
    .row > .up::after,
    .row > .down::after,
    .row > .moved-up::after,
    .row > .moved-down::after {
      font-size: 8px;
    }

    .row > .up::after {
      content: '▲' / '';
    }

    .row > .down::after {
      content: '▼' / '';
    }
  }

  @media (forced-colors: active) and (prefers-reduced-motion: no-preference) {
    .wide:not(.settled) .row > .moved-up::after {
      content: '▲' / '';
    }

    .wide:not(.settled) .row > .moved-down::after {
      content: '▼' / '';
    }
  }

  /* Build-up: up and down are the price, full and hollow say whether open interest grew or shrank. */
  .row > .buildup {
    padding: 0 4px;
    font-size: 11px;
    font-weight: 600;
    text-align: center;
  }

  /* A glyph whose spoken form is empty. A tag seldom changes. */
  .row > .buildup::before {
    margin-right: 3px;
    font-size: 8px;
    vertical-align: 1px;
  }

  .row > .long-buildup {
    color: var(--up);
  }

  .row > .long-buildup::before {
    content: '▲' / '';
  }

  .row > .short-buildup {
    color: var(--down);
  }

  .row > .short-buildup::before {
    content: '▼' / '';
  }

  .row > .long-unwinding {
    color: var(--notice);
  }

  .row > .long-unwinding::before {
    content: '▽' / '';
  }

  .row > .short-covering {
    color: var(--accent);
  }

  .row > .short-covering::before {
    content: '△' / '';
  }

  .row > .neutral {
    color: var(--muted);
  }

  /* Bars of open interest grow from the outer edges toward the strike, on one scale. */
  .bars {
    position: absolute;
    z-index: -1;
    inset: 3px 0;
    background:
      linear-gradient(var(--call-bar) 0 100%) left no-repeat,
      linear-gradient(var(--put-bar) 0 100%) right no-repeat;
    pointer-events: none;
  }
`;
