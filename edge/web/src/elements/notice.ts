import { css, html, nothing, type TemplateResult } from 'lit';

import { wantsCredentials, type Problem } from '../rest/problem';

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

  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    justify-content: center;
    margin-top: 16px;
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

/** A way out of where there is nothing: the words on the button, and what it does. */
export type WayOut = readonly [words: string, go: () => void];

/** Says that a link leads to what is not there, and offers ways out. */
export function strayNotice(
  title: string,
  sentence: string,
  ways: readonly WayOut[],
): TemplateResult {
  return html`
    <div class="notice" role="status">
      <strong>${title}</strong>${sentence}
      <div class="ways">
        ${ways.map(([words, go]) => html`<button class="control" @click=${go}>${words}</button>`)}
      </div>
    </div>
  `;
}

function wayOn(problem: Problem): string {
  if (wantsCredentials(problem)) return 'This is shown to who has signed in.';
  return problem.temporary
    ? 'Trying again until there is an answer.'
    : 'Reload the page to try again.';
}

/** Says what went wrong, with all that somebody needs who looks for it in the server's logs. */
export function problemNotice(problem: Problem): TemplateResult {
  return html`
    <div class="notice" role="alert">
      <strong>${problem.message}</strong>
      ${wayOn(problem)}
      ${problem.reason === undefined ? nothing : html`<code>${problem.reason}</code>`}
      ${problem.requestId === undefined ? nothing : html`<code>request ${problem.requestId}</code>`}
    </div>
  `;
}
