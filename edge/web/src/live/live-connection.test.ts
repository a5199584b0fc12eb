import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ConnectionEvent } from '../state/connection';
import { FakeEdge } from '../testing/fake-edge';
import { LiveConnection } from './live-connection';

const NIFTY = { type: 'chain', symbol: 'NIFTY' } as const;
const WITHIN = { timeout: 5_000 };

describe('LiveConnection', () => {
  let edge: FakeEdge;
  let live: LiveConnection;
  let events: ConnectionEvent[];
  let prices: number[];

  beforeEach(async () => {
    edge = await FakeEdge.start();
    events = [];
    prices = [];
    live = new LiveConnection({
      origin: edge.origin,
      token: () => undefined,
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
});
