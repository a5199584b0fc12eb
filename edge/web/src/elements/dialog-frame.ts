/** What all dialogs have: a title with a button that closes, and a backdrop that does. */
import { html, type TemplateResult } from 'lit';

/** Closes the dialog in which something happened. */
export function closeDialog({ currentTarget }: Event): void {
  (currentTarget as Element).closest('dialog')?.close();
}

/** Closes a dialog when it is clicked itself, and nothing inside it: its backdrop or its edge. */
export function closeBeside(event: Event): void {
  if (event.target === event.currentTarget) closeDialog(event);
}

/** The first line of a dialog, which is named by it: `aria-labelledby="title"`. */
export function dialogTitle(title: string): TemplateResult {
  return html`
    <div class="title">
      <h2 id="title">${title}</h2>
      <button class="control" aria-label="Close" @click=${closeDialog}>✕</button>
    </div>
  `;
}
