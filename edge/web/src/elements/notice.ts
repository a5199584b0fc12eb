import { css, html, nothing, type TemplateResult } from 'lit';

import type { Problem } from '../rest/problem';

export const noticeStyles = css`
  .notice {
    display: grid;
    align-content: center;
    justify-items: center;
    height: 100%;
    min-height: 240px;
    padding: 24px;
    color: var(--muted);
    font-size: 14px;
    line-height: 1.6;
    text-align: center;
  }

  .notice strong {
    color: var(--text);
    font-size: 16px;
    font-weight: 600;
  }

  .notice code {
    margin-top: 12px;
    font-size: 12px;
  }
`;

/** Says that there is nothing yet, and what will change that. */
export function emptyNotice(title: string, sentence: string): TemplateResult {
  return html`<div class="notice" role="status"><strong>${title}</strong>${sentence}</div>`;
}

/** Says what went wrong, with all that somebody needs who looks for it in the server's logs. */
export function problemNotice(problem: Problem): TemplateResult {
  return html`
    <div class="notice" role="alert">
      <strong>${problem.message}</strong>
      ${problem.temporary ? 'Trying again until there is an answer.' : 'Reload the page to try again.'}
      ${problem.reason === undefined ? nothing : html`<code>${problem.reason}</code>`}
      ${problem.requestId === undefined ? nothing : html`<code>request ${problem.requestId}</code>`}
    </div>
  `;
}
