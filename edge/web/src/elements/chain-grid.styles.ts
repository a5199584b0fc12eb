import { css } from 'lit';

export const gridStyles = css`
  :host {
    display: block;
    min-height: 0;
    contain: layout paint style;
  }

  .scroller {
    position: relative;
    height: 100%;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-color: var(--line-strong) transparent;
    scrollbar-width: thin;
  }

  [role='gridcell'],
  [role='rowheader'] {
    cursor: help;
  }

  [role='gridcell']:focus-visible,
  [role='rowheader']:focus-visible {
    outline-offset: -2px;
  }

  /* Not under the head or the foot. */
  .body [role='gridcell'],
  .body [role='rowheader'] {
    scroll-margin-block: calc(2 * var(--row-height) + 4px) calc(var(--row-height) + 4px);
  }

  .table {
    display: flex;
    flex-direction: column;
    min-height: 100%;
    font-size: 13px;
    line-height: var(--row-height);
  }

  .body {
    flex: 1;
  }

  /* Laid out alone. */
  .row {
    position: relative;
    display: flex;
    height: var(--row-height);
    contain: strict;
    content-visibility: auto;
    contain-intrinsic-size: auto var(--row-height);
  }

  /*
   * As wide as a style sheet of its own says. What clips, is contained or placed gets a layer, and to
   * put those of all cells together takes longer than to lay them out.
   */
  .row > span {
    flex: none;
    padding: 0 10px;
    color: var(--number, var(--text));
    text-align: right;
    white-space: nowrap;
  }

  /* A figure that is too long must not look like a shorter one. */
  .head .row > span,
  .foot .row > span,
  .row > .long {
    overflow: clip;
    text-overflow: ellipsis;
  }

  .wide .row > span:first-of-type {
    padding-left: 16px;
  }

  .wide .row > span:last-of-type {
    padding-right: 16px;
  }

  .narrow .row > span {
    padding: 0 6px;
    font-size: 12px;
  }

  /* Head and foot stay in view. */
  .head,
  .foot {
    position: sticky;
    z-index: 1;
    background: var(--surface);
  }

  .head {
    top: 0;
    border-bottom: 1px solid var(--line);
  }

  .foot {
    bottom: 0;
    border-top: 1px solid var(--line-strong);
  }

  .head .row,
  .foot .row {
    content-visibility: visible;
  }

  .row.sides {
    display: grid;
    grid-template-columns: auto 0 1fr;
  }

  .row.sides > span {
    width: auto;
    font-size: 12px;
    font-weight: 600;
  }

  .row.sides > .call {
    color: var(--call);
    text-align: left;
  }

  .row.sides > .put {
    color: var(--put);
  }

  .sides small {
    margin: 0 8px;
    color: var(--muted);
    font-size: 11px;
    font-weight: 400;
  }

  .row.headings > span,
  .headings .ratio {
    color: var(--muted);
    font-size: 11px;
    font-weight: 400;
  }

  .row.totals > span {
    font-weight: 500;
  }

  /* The strike stands between the sides. */
  .row > .strike {
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    padding: 0 8px;
    border-inline: 1px solid var(--line);
    background: var(--raised);
    text-align: center;
  }

  .head .row > .strike,
  .foot .row > .strike {
    background: none;
  }

  .sides > .strike {
    visibility: hidden;
  }

  .narrow .row > .strike {
    display: block;
    padding: 0;
  }

  .narrow .marks,
  .narrow .ratio {
    display: none;
  }

  .strike b {
    font-weight: 600;
  }

  .marks {
    color: var(--muted);
    font-size: 10px;
    text-align: left;
  }

  .marks abbr {
    text-decoration: none;
    cursor: help;
  }

  .marks .chip {
    color: var(--accent);
    font-weight: 700;
    letter-spacing: 0.04em;
  }

  .ratio {
    color: var(--muted);
    font-size: 11px;
    text-align: right;
  }

  /* In the money: calls below spot, puts above. The sides mirror, so the strike is the middle. */
  .below {
    background: linear-gradient(to right, var(--call-shade) 50%, transparent 50%);
  }

  .above {
    background: linear-gradient(to left, var(--put-shade) 50%, transparent 50%);
  }

  .body .row:hover {
    background-color: var(--raised);
  }

  .atm > span {
    font-weight: 600;
  }

  .body .row.atm {
    background-color: var(--raised);
  }

  .row.atm > .strike {
    box-shadow:
      inset 2px 0 var(--accent),
      inset -2px 0 var(--accent);
  }

  .spot {
    position: relative;
    display: grid;
    height: 20px;
    contain: strict;
    align-items: center;
    justify-items: center;
    background: linear-gradient(var(--accent), var(--accent)) center / 100% 1px no-repeat;
    line-height: 18px;
  }

  .spot > span {
    padding: 0 10px;
    border-radius: 9px;
    background: var(--accent);
    color: var(--surface);
    font-size: 12px;
    font-weight: 600;
  }

  @media (prefers-reduced-motion: no-preference) {
    .skeleton i {
      animation: breathe 1.6s ease-in-out infinite alternate;
    }
  }

  @keyframes breathe {
    from {
      opacity: 0.35;
    }
  }

  .skeleton i {
    display: inline-block;
    width: 62%;
    height: 9px;
    border-radius: 4px;
    background: var(--raised);
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
`;
