import type { Signal } from '@preact/signals-core';

import { AuthApi } from './auth-api';
import { Session } from './session';
import type { SessionDoorOptions } from './session-door';
import type { SessionState } from './session-state';
import { openVault } from './shared-vault';

/** Puts the session of this browser together. */
export function openSession(
  options: SessionDoorOptions & { readonly state: Signal<SessionState> },
): Session {
  const { origin, now, onExchange, onToken, state } = options;
  const api = new AuthApi(origin, onExchange);
  return new Session({ api, vault: openVault(origin), now, state, onToken });
}
