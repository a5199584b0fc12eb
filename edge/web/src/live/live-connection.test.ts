import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ConnectionEvent } from '../state/connection';
import { AuthApi } from '../session/auth-api';
import { credentialsOf, VISITOR, type Credentials } from '../session/credentials';
import { FakeEdge } from '../testing/fake-edge';
import { LiveConnection } from './live-connection';

const NIFTY = { type: 'chain', symbol: 'NIFTY' } as const;
const WITHIN = { timeout: 15_000 };

describe('LiveConnection', () => {
  let edge: FakeEdge;
  let live: LiveConnection;
  let events: ConnectionEvent[];
  let prices: number[];
  let credentials: Credentials;

  beforeEach(async () => {
    edge = await FakeEdge.start();
    events = [];
    prices = [];
    credentials = VISITOR;
    live = new LiveConnection({
      origin: edge.origin,
      credentials: () => credentials,
      onSubscribed: () => undefined,
      onConnection: (event) => events.push(event),
      underlying_update: ({ price }) => prices.push(price),
      chain_summary: () => undefined,
      chain_update: () => undefined,
    });
  });

  afterEach(async () => {
    live.close();
    await edge.stop();
  });

  async function requestsBecome(requests: readonly string[]): Promise<void> {
    await vi.waitFor(() => {
      expect(edge.requests).toEqual(requests);
    }, WITHIN);
  }

  async function phasesBecome(types: readonly ConnectionEvent['type'][]): Promise<void> {
    await vi.waitFor(() => {
      expect(events.map(({ type }) => type)).toEqual(types);
    }, WITHIN);
  }

  it('subscribes once it is open to what was followed before', async () => {
    live.follow(NIFTY);
    await live.open();
    await requestsBecome(['subscribe chain:NIFTY']);
  });

  it('makes one subscription for two followers, and ends it with the last', async () => {
    await live.open();
    await phasesBecome(['opened']);
    const first = live.follow(NIFTY);
    const second = live.follow(NIFTY);
    first();
    first();
    live.follow({ type: 'chain', symbol: 'SPY' });
    await requestsBecome(['subscribe chain:NIFTY', 'subscribe chain:SPY']);
    second();
    await requestsBecome([
      'subscribe chain:NIFTY',
      'subscribe chain:SPY',
      'unsubscribe chain:NIFTY',
    ]);
  });

  it('hands on what the server sends', async () => {
    await live.open();
    await phasesBecome(['opened']);
    edge.emit('underlying_update', { product: 'NIFTY', price: 24_623.45 });
    await vi.waitFor(() => {
      expect(prices).toEqual([24_623.45]);
    }, WITHIN);
  });

  it.each(['cut', 'dismiss'] as const)(
    'comes back after a %s and subscribes again',
    async (end) => {
      live.follow(NIFTY);
      await live.open();
      await requestsBecome(['subscribe chain:NIFTY']);
      edge[end]();
      await requestsBecome(['subscribe chain:NIFTY', 'subscribe chain:NIFTY']);
      await phasesBecome(['opened', 'lost', 'opened']);
    },
  );

  it('asks again for what was refused, as for a product that comes later', async () => {
    edge.refusals = 1;
    live.follow(NIFTY);
    await live.open();
    await requestsBecome(['subscribe chain:NIFTY', 'subscribe chain:NIFTY']);
  });

  it('says why the server refused it', async () => {
    edge.refusal = 'The token has expired.';
    await live.open();
    await phasesBecome(['refused']);
    expect(events).toEqual([{ type: 'refused', message: 'The token has expired.' }]);
  });

  describe('where reading takes a token', () => {
    async function account(): Promise<() => Promise<string>> {
      const api = new AuthApi(edge.origin);
      let grant = await api.register({ email: 'a@b.cd', password: 'password', name: '' });
      return async () => {
        grant = await api.refresh(grant.refreshToken);
        return grant.token;
      };
    }

    beforeEach(() => {
      edge.requiresToken = true;
    });

    it('says that credentials are missing', async () => {
      await live.open();
      await phasesBecome(['refused']);
      expect(events).toMatchObject([{ reason: 'CREDENTIALS_MISSING' }]);
    });

    it('connects at once when somebody has signed in', async () => {
      await live.open();
      await phasesBecome(['refused']);
      const token = await (await account())();
      credentials = credentialsOf(() => token);
      await live.authenticate();
      await phasesBecome(['refused', 'opened']);
    });

    it('stays connected by a newer token, which it sends before the older one ends', async () => {
      const next = await account();
      let token = await next();
      credentials = credentialsOf(() => token);
      live.follow(NIFTY);
      await live.open();
      await requestsBecome(['subscribe chain:NIFTY']);
      token = await next();
      await live.authenticate();
      await requestsBecome(['subscribe chain:NIFTY', 'authenticate']);
      await phasesBecome(['opened']);
    });

    it('connects anew when the server does not take the newer token', async () => {
      let token = await (await account())();
      credentials = credentialsOf(() => token);
      await live.open();
      await phasesBecome(['opened']);
      token = 'of nobody';
      await live.authenticate();
      await phasesBecome(['opened', 'refused']);
    });

    it('renews what is refused, and connects with it', async () => {
      const next = await account();
      let token = 'ended';
      credentials = {
        token: () => Promise.resolve(token),
        renew: async () => {
          token = await next();
          return true;
        },
      };
      await live.open();
      await phasesBecome(['opened']);
    });
  });
});
