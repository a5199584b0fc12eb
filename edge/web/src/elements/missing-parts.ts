import { css, html, nothing, type TemplateResult } from 'lit';

import { isPartMissing } from '../state/parts';

export const missingPartsStyles = css`
  .missing-parts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    align-items: center;
    padding: 6px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
    color: var(--text);
    font-size: 13px;
  }
`;

/** Says that a part of the page could not be fetched, and what helps; nothing while none is missing. */
export function missingPartsNotice(): TemplateResult | typeof nothing {
  if (!isPartMissing.value) return nothing;
  return html`
    <div class="missing-parts" role="alert">
      <span>
        A part of this page could not be fetched. It is tried again when the server is back; if that
        has been updated, reload the page.
      </span>
      <button class="control" @click=${reload}>Reload the page</button>
    </div>
  `;
}

/** What is shown is in the address, and who is signed in is kept: neither is lost. */
function reload(): void {
  location.reload();
}
