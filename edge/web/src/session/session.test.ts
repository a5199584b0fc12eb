import { signal, type Signal } from '@preact/signals-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeEdge } from '../testing/fake-edge';
import { FakeTabs } from '../testing/fake-tabs';
import { AuthApi } from './auth-api';
import { Session } from './session';
import { NOBODY, type SessionState } from './session-state';
import { PageVault } from './shared-vault';
import type { Vault } from './vault';

const WITHIN = { timeout: 15_000 };
const ASHA = { email: 'asha@example.com', password: 'correct horse', name: 'Asha' };

interface Tab {
  readonly session: Session;
  readonly state: Signal<SessionState>;
  readonly tokens: () => number;
}

describe('Session', () => {
  let edge: FakeEdge;
  let tabs: FakeTabs;
  const opened: Session[] = [];

  beforeEach(async () => {
    edge = await FakeEdge.start();
    tabs = new FakeTabs();
  });

  afterEach(async () => {
    for (const session of opened.splice(0)) session.close();
    await edge.stop();
  });

  function openTab(now: () => number = Date.now, vault: Vault = tabs.open()): Tab {
    const state = signal<SessionState>(NOBODY);
    let told = 0;
    const session = new Session({
      api: new AuthApi(edge.origin),
      vault,
      now,
      state,
      onToken: () => {
        told += 1;
      },
    });
    opened.push(session);
    return { session, state, tokens: () => told };
  }

  async function signedIn(): Promise<Tab> {
    const tab = openTab();
    await tab.session.register(ASHA);
    return tab;
  }

  it('knows who signed in, and with which token to ask', async () => {
    const { session, state } = await signedIn();
    expect(state.value).toMatchObject({ phase: 'signed-in', user: { name: 'Asha' } });
    expect(edge.auth.admits(await session.token())).toBe(true);
  });

  it('keeps no access token where it outlives the page', async () => {
    const { session } = await signedIn();
    expect(JSON.stringify(tabs.stored)).not.toContain(await session.token());
  });

  it('says why nobody is signed in after a wrong password, and keeps nothing', async () => {
    const { session, state } = openTab();
    await expect(session.signIn('asha@example.com', 'wrong')).rejects.toMatchObject({
      problem: { reason: 'CREDENTIALS_INVALID' },
    });
    expect([state.value, tabs.stored]).toEqual([NOBODY, undefined]);
  });

  it('goes on in a page that is opened later', async () => {
    await signedIn();
    const later = openTab();
    expect(edge.auth.admits(await later.session.token())).toBe(true);
    expect(later.state.value.phase).toBe('signed-in');
  });

  it('never uses a refresh token twice, however many tabs renew at once', async () => {
    const first = await signedIn();
    const others = Array.from({ length: 5 }, () => openTab());
    await Promise.all([first, ...others].map(async ({ session }) => session.renew(undefined)));
    await Promise.all(others.map(async ({ session }) => session.renew(await session.token())));
    const used = edge.auth.requests.filter((request) => request.startsWith('refresh'));
    expect(new Set(used).size).toBe(used.length);
    expect(edge.auth.admits(await first.session.token())).toBe(true);
  });

  it('renews once for all who ask, also in a browser without locks', async () => {
    const { session } = openTab(Date.now, new PageVault());
    await session.register(ASHA);
    const refused = await session.token();
    await Promise.all([session.renew(refused), session.renew(refused)]);
    expect(edge.auth.requests.slice(1)).toEqual(['refresh r1']);
  });

  it('takes over the token that another tab has got', async () => {
    const first = await signedIn();
    const second = openTab();
    await second.session.renew(undefined);
    expect(await first.session.token()).toBe(await second.session.token());
  });

  it('renews ahead of the end of the token', async () => {
    edge.auth.lifetime = 2_000;
    const { session, tokens } = await signedIn();
    const before = await session.token();
    await vi.waitFor(() => {
      expect(tokens()).toBe(2);
    }, WITHIN);
    const after = await session.token();
    expect(after).not.toBe(before);
    expect(edge.auth.admits(after)).toBe(true);
  });

  it('judges the end of a token by the clock of the server', async () => {
    let ahead = 0;
    const { session } = openTab(() => Date.now() + ahead);
    await session.register(ASHA);
    const before = await session.token();
    ahead = edge.auth.lifetime;
    expect(await session.token()).toBeUndefined();
    expect(edge.auth.requests).toContain('refresh r1');
    ahead = 0;
    expect(await session.token()).not.toBe(before);
  });

  it('renews a token that was refused, and not one that was replaced meanwhile', async () => {
    const { session } = await signedIn();
    const refused = await session.token();
    await Promise.all([session.renew(refused), session.renew(refused)]);
    expect(await session.renew(refused)).toBe(true);
    expect(edge.auth.requests).toEqual(['register asha@example.com', 'refresh r1']);
  });

  it('ends in all tabs when the server does not know it any more', async () => {
    const first = await signedIn();
    const second = openTab();
    await second.session.token();
    edge.auth.endAll();
    await first.session.renew(await first.session.token());
    expect([first.state.value.phase, second.state.value.phase]).toEqual(['ended', 'ended']);
    expect(tabs.stored).toBeUndefined();
  });

  it('is over for the requests that are under way: they are worth another try as a visitor', async () => {
    const { session } = await signedIn();
    const token = await session.token();
    edge.auth.endAll();
    expect(await session.renew(token)).toBe(true);
    expect(await session.token()).toBeUndefined();
    expect(await session.renew(token)).toBe(true);
    expect(await session.renew(undefined)).toBe(false);
  });

  it('outlives a server that cannot renew it for a while', async () => {
    const { session, state } = await signedIn();
    const token = await session.token();
    edge.auth.away = 503;
    expect(await session.renew(token)).toBe(false);
    expect([state.value.phase, await session.token()]).toEqual(['signed-in', token]);
    edge.auth.away = undefined;
    await vi.waitFor(async () => {
      expect(await session.token()).not.toBe(token);
    }, WITHIN);
  });

  it('is renewed in the end where the clock was set back meanwhile', async () => {
    const { session } = await signedIn();
    const token = await session.token();
    edge.auth.away = 503;
    expect(await session.renew(token)).toBe(false);
    edge.auth.away = undefined;
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000);
    await vi.waitFor(async () => {
      expect(await session.token()).not.toBe(token);
    }, WITHIN);
  });

  it('asks a server that cannot renew it no more than now and then', async () => {
    const { session } = await signedIn();
    const token = await session.token();
    edge.auth.away = 503;
    await session.renew(token);
    await session.renew(token);
    expect(edge.auth.requests.filter((request) => request === 'refresh r1')).toHaveLength(1);
  });

  it('signs out of all tabs, and tells the server', async () => {
    const first = await signedIn();
    const second = openTab();
    await second.session.token();
    await first.session.signOut();
    expect(edge.auth.requests.at(-1)).toMatch(/^logout r\d$/);
    expect([first.state.value, await second.session.token()]).toEqual([NOBODY, undefined]);
    expect(second.state.value.phase).toBe('ended');
  });
});
