import { css } from 'lit';

/** The frame of a screen: its bar, and what stands below. */
export const screenStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: var(--ds-screen-height, 640px);
    min-height: 0;
    background: var(--surface);
    color: var(--text);
    contain: layout style;
    container-type: inline-size;
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
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

  .modes .control + .control {
    margin-left: -1px;
  }

  .modes .control:last-child {
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
    overflow: auto;
  }

  .content > ds-figure {
    flex: 1 0 auto;
  }

  /* Numbers that may no longer be true. */
  .dimmed {
    --number: var(--muted);
    --call-bar: var(--raised);
    --put-bar: var(--raised);
    --ds-figure-opacity: 0.45;
  }

  @container (width < 560px) {
    .bar {
      gap: 6px;
      padding: 8px 12px;
    }

    .bar .control {
      padding: 0 8px;
    }
  }
`;
