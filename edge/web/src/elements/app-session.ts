/** Who uses the dashboard: how it knows, and what it shows of that. */
import { html, type TemplateResult } from 'lit';

import type { Market } from '../market';
import { SessionDoor } from '../session/session-door';
import type { SessionState } from '../session/session-state';
import { fetchPart } from '../state/parts';

const loadSignIn = () => import('./sign-in');

/** The door through which a page asks its market for everything, from the first request on. */
export function doorTo(market: Market): SessionDoor {
  const door = new SessionDoor({
    origin: market.origin,
    storage: localStorage,
    now: () => market.clock.now(),
    onExchange: (exchange) => {
      market.clock.observe(exchange);
    },
    onToken: () => {
      market.credentialsChanged();
    },
  });
  market.credentials = door;
  return door;
}

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
  void fetchPart(loadSignIn);
  const { value } = door.state;
  const what = product === '' ? 'the market' : product;
  const why = value.phase === 'ended' ? value.why : `Reading ${what} takes an account here.`;
  return html`<ds-sign-in .door=${door} .why=${why}></ds-sign-in>`;
}
