import { effect } from '@preact/signals-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { VISITOR } from '../session/credentials';
import { valueOf, type Loadable } from '../state/loadable';
import { FakeEdge } from '../testing/fake-edge';
import { HandTimers } from '../testing/hand-timers';
import { MarketApi } from './market-api';
import type { Answer, Read } from './read';
import { Watches } from './watches';

const PATH = '/api/data/expiries/{product}';
const NIFTY: Read<typeof PATH> = { path: PATH, variables: { product: 'NIFTY' } };
const SPY: Read<typeof PATH> = { path: PATH, variables: { product: 'SPY' } };
const OF_NIFTY = '/api/data/expiries/NIFTY';
const OF_SPY = '/api/data/expiries/SPY';
const EVERY = 60_000;
const PATIENCE = 15_000;

type Expiries = Loadable<Answer<typeof PATH>>;

function nextTurn(): Promise<unknown> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('Watches', () => {
  let edge: FakeEdge;
  let timers: HandTimers;
  let watches: Watches;
  let page: { hidden: boolean };
  /** How often the server was asked, whether or not that has reached it. */
  let asked: number;
  let seen: Expiries[];
  let unsee: () => void;

  beforeEach(async () => {
    timers = new HandTimers();
    page = { hidden: false };
    vi.stubGlobal('document', page);
    edge = await FakeEdge.start();
    tell('2026-01-27');
    watches = new Watches(
      new MarketApi({
        origin: edge.origin,
        credentials: () => {
          asked += 1;
          return VISITOR;
        },
        localNow: Date.now,
        onExchange: () => undefined,
      }),
      timers.later,
    );
    asked = 0;
    seen = [];
    unsee = effect(() => {
      seen.push(watches.answer(NIFTY).value);
    });
  });

  afterEach(async () => {
    unsee();
    vi.unstubAllGlobals();
    await edge.stop();
  });

  /** What the server answers from now on. */
  function tell(expiry: string): void {
    edge.answers.set(OF_NIFTY, { product: 'NIFTY', expiries: [expiry] });
  }

  /** The server knows nothing from now on. */
  function forget(): void {
    edge.answers.clear();
  }

  /** Waits, in the server's time, until something holds. */
  async function until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!holds()) {
      if (performance.now() > deadline) expect.fail('this has not come to hold');
      await nextTurn();
    }
  }

  /** Waits until an answer has arrived after so many others. */
  async function answered(times: number): Promise<void> {
    // The first that is seen is that there is none.
    await until(() => seen.length === times + 1);
  }

  function shown(): string | undefined {
    return valueOf(watches.answer(NIFTY).value)?.expiries[0];
  }

  it('asks once for all who watch a read', async () => {
    watches.watch(NIFTY, EVERY);
    watches.watch({ ...NIFTY }, EVERY);
    await answered(1);
    timers.pass(EVERY);
    await answered(2);
    expect(asked).toBe(2);
    expect(shown()).toBe('2026-01-27');
  });

  it('asks for each read that is watched', async () => {
    watches.watch(NIFTY, EVERY);
    watches.watch(SPY, EVERY);
    await until(() => edge.reads.length === 2);
    expect(edge.reads.toSorted()).toEqual([OF_NIFTY, OF_SPY]);
  });

  it('asks again when it is time, and not earlier', async () => {
    watches.watch(NIFTY, EVERY);
    await answered(1);
    tell('2026-02-24');
    timers.pass(EVERY - 1);
    expect(asked).toBe(1);
    timers.pass(1);
    await answered(2);
    expect(shown()).toBe('2026-02-24');
  });

  it('tells why there is no answer, and asks again soon', async () => {
    forget();
    watches.watch(NIFTY, EVERY);
    await answered(1);
    expect(watches.answer(NIFTY).value).toMatchObject({
      state: 'failed',
      problem: { message: 'Not known.' },
    });
    tell('2026-01-27');
    timers.pass(5_000);
    await answered(2);
    expect(shown()).toBe('2026-01-27');
  });

  it('asks no later after a failure than it would have anyway', async () => {
    forget();
    watches.watch(NIFTY, 1_000);
    await answered(1);
    tell('2026-01-27');
    timers.pass(1_000);
    await answered(2);
    expect(shown()).toBe('2026-01-27');
  });

  it('keeps the last answer while there is no other', async () => {
    watches.watch(NIFTY, EVERY);
    await answered(1);
    forget();
    timers.pass(EVERY);
    await until(() => edge.reads.length === 2);
    tell('2026-02-24');
    await until(() => {
      timers.pass(1_000);
      return shown() === '2026-02-24';
    });
    expect(seen.map(({ state }) => state)).toEqual(['loading', 'ready', 'ready']);
  });

  it('goes on while anybody watches, and ends with the last who does', async () => {
    const [first, second] = [watches.watch(NIFTY, EVERY), watches.watch(NIFTY, EVERY)];
    await answered(1);
    first();
    timers.pass(EVERY);
    await answered(2);
    second();
    timers.pass(EVERY);
    watches.askAgain();
    expect(asked).toBe(2);
  });

  it('has the last answer for who comes later, and asks anew', async () => {
    const leave = watches.watch(NIFTY, EVERY);
    await answered(1);
    leave();
    tell('2026-02-24');
    watches.watch(NIFTY, EVERY);
    expect(shown()).toBe('2026-01-27');
    await answered(2);
    expect(shown()).toBe('2026-02-24');
  });

  it('says nothing of an answer that nobody waits for any more, and asks for no other', async () => {
    watches.watch(NIFTY, EVERY)();
    await nextTurn();
    timers.pass(EVERY);
    expect(asked).toBe(1);
    expect(watches.answer(NIFTY).value.state).toBe('loading');
  });

  it('asks nothing while the page is hidden, and goes on when it is seen', async () => {
    page.hidden = true;
    watches.watch(NIFTY, EVERY);
    expect(asked).toBe(0);
    timers.pass(EVERY);
    expect(asked).toBe(0);
    page.hidden = false;
    timers.pass(EVERY);
    await answered(1);
    expect(asked).toBe(1);
  });

  it('asks all again at once when it is told to, and then as often as before', async () => {
    watches.watch(NIFTY, EVERY);
    await answered(1);
    timers.pass(EVERY / 2);
    tell('2026-02-24');
    watches.askAgain();
    await answered(2);
    expect(shown()).toBe('2026-02-24');
    timers.pass(EVERY - 1);
    expect(asked).toBe(2);
    timers.pass(1);
    await answered(3);
  });

  it('lets no late answer take the place of a newer one', async () => {
    let release = (): void => undefined;
    edge.held = new Promise((resolve) => {
      release = resolve;
    });
    watches.watch(NIFTY, EVERY);
    await until(() => edge.reads.length === 1);
    edge.held = undefined;
    tell('2026-02-24');
    watches.askAgain();
    await answered(1);
    release();
    timers.pass(EVERY);
    await answered(2);
    expect(seen.flatMap((each) => valueOf(each)?.expiries ?? [])).toEqual([
      '2026-02-24',
      '2026-02-24',
    ]);
  });
});
