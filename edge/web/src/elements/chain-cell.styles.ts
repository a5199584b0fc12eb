import { css } from 'lit';

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

  /* A glyph for the eye. Its spoken form is empty, because the sign has said it. */
  .row > .up::before {
    content: '▲' / '';
  }

  .row > .down::before {
    content: '▼' / '';
  }

  .row > span::before {
    margin-right: 5px;
    font-size: 8px;
    vertical-align: 1px;
  }

  /* Build-up: up and down are the price, full and hollow say whether open interest grew or shrank. */
  .row > .buildup {
    padding: 0 4px;
    font-size: 11px;
    font-weight: 600;
    text-align: center;
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

  .row > .buildup::before {
    margin-right: 3px;
  }

  /*
   * A last price that moved with the latest chain, until the table settles. Nothing fades, because
   * that would cost a style in every frame.
   */
  @media (prefers-reduced-motion: no-preference) {
    /* At the outer edge, where it takes no room from the figure. */
    .wide:not(.settled) .row > .moved-up::before,
    .wide:not(.settled) .row > .moved-down::before {
      float: left;
      width: 8px;
      margin: 0 0 0 -8px;
    }

    .wide:not(.settled) .row > .moved-up {
      color: var(--up);
    }

    .wide:not(.settled) .row > .moved-down {
      color: var(--down);
    }

    .wide:not(.settled) .row > .moved-up::before {
      content: '▲' / '';
    }

    .wide:not(.settled) .row > .moved-down::before {
      content: '▼' / '';
    }
  }

  /* Bars of open interest grow from the outer edge toward the strike, on one scale. */
  .bar {
    position: absolute;
    z-index: -1;
    inset-block: 3px;
    pointer-events: none;
  }

  .bar.call {
    left: 0;
    background: var(--call-bar);
    transform-origin: left;
  }

  .bar.put {
    right: 0;
    background: var(--put-bar);
    transform-origin: right;
  }
`;
