import { effect, signal } from '@preact/signals-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Market } from './market';
import { AuthApi } from './session/auth-api';
import { credentialsOf } from './session/credentials';
import { Session } from './session/session';
import { NOBODY, type SessionState } from './session/session-state';
import { valueOf } from './state/loadable';
import { chain, NIFTY } from './testing/chains';
import { FakeEdge } from './testing/fake-edge';
import { FakeTabs } from './testing/fake-tabs';

const WITHIN = { timeout: 15_000 };

describe('Market', () => {
  let edge: FakeEdge;
  let market: Market;
  let release: () => void;

  beforeEach(async () => {
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw));
    edge = await FakeEdge.start();
    edge.answers.set('/api/data/products', { products: ['NIFTY'], details: [NIFTY] });
    edge.answers.set('/api/data/expiries/NIFTY', { product: 'NIFTY', expiries: ['2025-08-14'] });
    edge.answers.set('/api/feed/status', {
      source: 'SOURCE_KIND_REPLAY',
      description: 'replay of 1 file',
      session: 'MARKET_SESSION_OPEN',
      products: [{ product: NIFTY, last_event_at: '2025-08-05T08:29:32Z' }],
      exhausted: false,
    });
    market = new Market(edge.origin);
    release = market.hold();
  });

  afterEach(async () => {
    release();
    await edge.stop();
    vi.unstubAllGlobals();
  });

  async function live(): Promise<void> {
    await vi.waitFor(() => {
      expect(market.state.connection.value.phase).toBe('live');
    }, WITHIN);
  }

  it('knows the products and the source', async () => {
    await vi.waitFor(() => {
      expect(market.state.product('NIFTY')).toEqual(NIFTY);
      expect(valueOf(market.state.feed.value)?.source).toBe('SOURCE_KIND_REPLAY');
    }, WITHIN);
  });

  it('shows the expiry that was nearest when the replayed events happened', async () => {
    market.follow('NIFTY');
    await vi.waitFor(() => {
      expect(market.state.expiryToShow('NIFTY', '', Date.now())).toBe('2025-08-14');
    }, WITHIN);
    expect(market.state.expiryToShow('NIFTY', '2025-09-25', Date.now())).toBe('2025-09-25');
  });

  it('asks once for what several follow, and goes on until the last of them leaves', async () => {
    await live();
    const unfollow = [market.follow('NIFTY'), market.follow('NIFTY')];
    await vi.waitFor(() => {
      expect(market.state.expiries.at('NIFTY').value.state).toBe('ready');
    }, WITHIN);
    expect(edge.reads.filter((path) => path.includes('/expiries/'))).toHaveLength(1);
    unfollow[0]?.();
    unfollow[1]?.();
    await vi.waitFor(() => {
      expect(edge.requests).toEqual(['subscribe chain:NIFTY', 'unsubscribe chain:NIFTY']);
    }, WITHIN);
  });

  it('adds an expiry that is first seen on the wire', async () => {
    market.follow('NIFTY');
    await live();
    await vi.waitFor(() => {
      expect(market.state.expiries.at('NIFTY').value.state).toBe('ready');
    }, WITHIN);
    edge.emit('chain_summary', { product: 'NIFTY', expiry: '2025-08-07' });
    await vi.waitFor(() => {
      expect(valueOf(market.state.expiries.at('NIFTY').value)).toEqual([
        '2025-08-07',
        '2025-08-14',
      ]);
    }, WITHIN);
  });

  it('shows the stored chain until a live one comes, and then that', async () => {
    const stored = chain({ sequence: '1' });
    const path = '/api/data/chain/NIFTY/2025-08-07';
    edge.answers.set(path, { product: 'NIFTY', count: 1, chains: [stored] });
    const shown = market.state.chains.at('NIFTY', '2025-08-07');
    market.fetchChain('NIFTY', '2025-08-07');
    await vi.waitFor(() => {
      expect(valueOf(shown.value)?.sequence).toBe('1');
    }, WITHIN);

    await live();
    edge.emit('chain_update', chain({ sequence: '2', published_at: '2026-01-27T09:15:01Z' }));
    await vi.waitFor(() => {
      expect(valueOf(shown.value)?.sequence).toBe('2');
    }, WITHIN);
  });

  it('says that there is no chain where none is stored', async () => {
    const path = '/api/data/chain/NIFTY/2025-08-07';
    edge.answers.set(path, { product: 'NIFTY', count: 0, chains: [] });
    market.fetchChain('NIFTY', '2025-08-07');
    await vi.waitFor(() => {
      expect(market.state.chains.at('NIFTY', '2025-08-07').value.state).toBe('empty');
    }, WITHIN);
  });

  it('keeps the latest price of every product', async () => {
    await live();
    const update = { product: 'NIFTY', price: 24_623.45, timestamp: '2025-08-05T08:29:32Z' };
    edge.emit('underlying_update', update);
    await vi.waitFor(() => {
      expect(market.state.trails.at('NIFTY').value?.at(-1)?.price).toBe(24_623.45);
    }, WITHIN);
  });

  it('shows why it cannot show expiries, and shows them once it can', async () => {
    const expiries = market.state.expiries.at('SPY');
    market.follow('SPY');
    await vi.waitFor(() => {
      expect(expiries.value).toMatchObject({
        state: 'failed',
        problem: { message: 'Not known.' },
      });
    }, WITHIN);
    edge.answers.set('/api/data/expiries/SPY', { product: 'SPY', expiries: ['2025-08-08'] });
    await vi.waitFor(() => {
      expect(valueOf(expiries.value)).toEqual(['2025-08-08']);
    }, WITHIN);
  });

  it('goes on as a visitor, locked at no time, when a session ends where anybody may read', async () => {
    const state = signal<SessionState>(NOBODY);
    const session = new Session({
      api: new AuthApi(edge.origin),
      vault: new FakeTabs().open(),
      now: Date.now,
      state,
      onToken: () => {
        market.credentialsChanged();
      },
    });
    market.credentials = session;
    await session.register({ email: 'asha@example.com', password: 'correct horse', name: '' });
    await live();
    const phases: string[] = [];
    const locks: unknown[] = [];
    const forget = effect(() => {
      phases.push(market.state.connection.value.phase);
      locks.push(market.state.locked.value);
    });
    edge.auth.endAll();
    edge.dismiss();
    await vi.waitFor(() => {
      expect(state.value.phase).toBe('ended');
      expect(phases.slice(-2)).toEqual(['reconnecting', 'live']);
    }, WITHIN);
    forget();
    session.close();
    expect(locks.filter((lock) => lock !== undefined)).toEqual([]);
  });

  it('stays connected while anybody holds it, and disconnects after the last', async () => {
    await live();
    const other = market.hold();
    release();
    await Promise.resolve();
    expect(market.state.connection.value.phase).toBe('live');
    other();
    await Promise.resolve();
    expect(market.state.connection.value.phase).toBe('connecting');
    expect(() => market.follow('NIFTY')).toThrow('nobody who holds it');
  });

  describe('where reading takes an account', () => {
    async function token(): Promise<string> {
      const account = { email: 'asha@example.com', password: 'correct horse', name: '' };
      return (await new AuthApi(edge.origin).register(account)).token;
    }

    beforeEach(() => {
      edge.requiresToken = true;
      release();
      market = new Market(edge.origin);
      release = market.hold();
    });

    it('says so to a visitor', async () => {
      await vi.waitFor(() => {
        expect(market.state.locked.value?.reason).toBe('CREDENTIALS_MISSING');
      }, WITHIN);
      expect(market.state.products.value.state).not.toBe('ready');
    });

    it('asks for all again, and connects, once somebody has signed in', async () => {
      market.follow('NIFTY');
      await vi.waitFor(() => {
        expect(market.state.expiries.at('NIFTY').value.state).toBe('failed');
      }, WITHIN);
      const known = await token();
      market.credentials = credentialsOf(() => known);
      await live();
      await vi.waitFor(() => {
        expect(market.state.product('NIFTY')).toEqual(NIFTY);
        expect(market.state.expiries.at('NIFTY').value.state).toBe('ready');
      }, WITHIN);
      expect(market.state.locked.value).toBeUndefined();
    });

    it('keeps what is known when the session ends, and says that it has', async () => {
      let known: string | undefined = await token();
      market.credentials = credentialsOf(() => known);
      await live();
      await vi.waitFor(() => {
        expect(market.state.product('NIFTY')).toEqual(NIFTY);
      }, WITHIN);
      known = undefined;
      market.credentialsChanged();
      await vi.waitFor(() => {
        expect(market.state.locked.value?.reason).toBe('CREDENTIALS_MISSING');
      }, WITHIN);
      expect(market.state.product('NIFTY')).toEqual(NIFTY);
    });
  });
});
