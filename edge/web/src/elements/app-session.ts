/** What the dashboard shows of who uses it. */
import { html, type TemplateResult } from 'lit';

import type { SessionDoor } from '../session/session-door';
import type { SessionState } from '../session/session-state';

/** The button that leads to the account, or to one. */
export function accountButton(state: SessionState, open: () => void): TemplateResult {
  const isKnown = state.phase === 'signed-in';
  const name = isKnown ? `Account of ${state.user.name}` : 'Sign in';
  return html`
    <button class="control account" title=${name} aria-label=${name} @click=${open}>
      <span>${isKnown ? state.user.name : 'Sign in'}</span>
    </button>
  `;
}

/** Where to sign in, in the place of what cannot be read without. */
export function signInInPlace(door: SessionDoor, product: string): TemplateResult {
  void import('./sign-in');
  const { value } = door.state;
  const what = product === '' ? 'the market' : product;
  const why = value.phase === 'ended' ? value.why : `Reading ${what} takes an account here.`;
  return html`<ds-sign-in .door=${door} .why=${why}></ds-sign-in>`;
}
