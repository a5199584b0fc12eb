import { describe, expect, it } from 'vitest';

import { chain, NIFTY } from '../testing/chains';
import { withChain } from './chains';
import { CONNECTING, nextConnection, type Connection } from './connection';
import { nearestExpiry, neighbourExpiry, withExpiry } from './expiries';
import { freshnessOf, isDimmed, STALE_AFTER } from './freshness';
import { EMPTY, failed, LOADING, ready, valueOf } from './loadable';
import { withProducts } from './products';

describe('expiries', () => {
  const expiries = ['2025-08-07', '2025-08-14', '2025-08-28'];

  it('take in a new date in its order, and are the same list when it is known', () => {
    expect(withExpiry(expiries, '2025-08-21')).toEqual([
      '2025-08-07',
      '2025-08-14',
      '2025-08-21',
      '2025-08-28',
    ]);
    expect(withExpiry(expiries, '2025-08-14')).toBe(expiries);
  });

  it('are nearest on the day itself, and the last when all have passed', () => {
    expect(nearestExpiry(expiries, '2025-08-07')).toBe('2025-08-07');
    expect(nearestExpiry(expiries, '2025-08-08')).toBe('2025-08-14');
    expect(nearestExpiry(expiries, '2026-01-01')).toBe('2025-08-28');
    expect(nearestExpiry([], '2025-08-07')).toBeUndefined();
  });

  it('have neighbours up to their ends', () => {
    expect(neighbourExpiry(expiries, '2025-08-14', 1)).toBe('2025-08-28');
    expect(neighbourExpiry(expiries, '2025-08-28', 1)).toBe('2025-08-28');
    expect(neighbourExpiry(expiries, '2025-08-07', -1)).toBe('2025-08-07');
    expect(neighbourExpiry(expiries, '2031-01-01', 1)).toBeUndefined();
  });
});

describe('a chain that arrives', () => {
  const shown = chain({ published_at: '2026-01-27T09:15:00Z', sequence: '2' });

  it('replaces an older one', () => {
    const newer = chain({ published_at: '2026-01-27T09:15:01Z' });
    expect(valueOf(withChain(ready(shown), newer))).toBe(newer);
  });

  it('is dropped when a newer one is shown, as when history answers after the live stream', () => {
    const older = chain({ published_at: '2026-01-27T09:14:59Z' });
    expect(valueOf(withChain(ready(shown), older))).toBe(shown);
  });

  it('is taken in although its exchange time steps back, as in a replay that begins again', () => {
    const again = chain({
      published_at: '2026-01-27T09:15:01Z',
      timestamp: '2020-01-01T00:00:00Z',
    });
    expect(valueOf(withChain(ready(shown), again))).toBe(again);
  });

  it.each([LOADING, EMPTY])('is shown where there was none: %o', (before) => {
    expect(valueOf(withChain(before, shown))).toBe(shown);
  });
});

describe('a failure', () => {
  const problem = { message: 'The server cannot be reached.', temporary: true };

  it('is shown in the place of a value', () => {
    expect(failed(LOADING, problem)).toEqual({ state: 'failed', problem });
  });

  it('never takes a value away', () => {
    expect(failed(ready(7), problem)).toEqual(ready(7));
  });
});

describe('products', () => {
  const bank = { ...NIFTY, symbol: 'BANKNIFTY' };

  it('are listed by symbol, and described by what came last', () => {
    const renamed = { ...NIFTY, name: 'NIFTY 50' };
    const all = withProducts(withProducts(LOADING, [NIFTY]), [renamed, bank]);
    expect(valueOf(all)).toEqual([bank, renamed]);
  });

  it('are empty where there are none', () => {
    expect(withProducts(LOADING, [])).toBe(EMPTY);
  });
});

describe('the connection', () => {
  const live: Connection = { phase: 'live' };

  it('is live once opened', () => {
    expect(nextConnection(CONNECTING, { type: 'opened' })).toEqual(live);
  });

  it('reconnects when lost, for as long as attempts fail', () => {
    const lost = nextConnection(live, { type: 'lost' });
    expect(lost.phase).toBe('reconnecting');
    expect(nextConnection(lost, { type: 'attempt_failed' }).phase).toBe('reconnecting');
    expect(nextConnection(lost, { type: 'opened' })).toEqual(live);
  });

  it('is still connecting when the first attempt fails', () => {
    expect(nextConnection(CONNECTING, { type: 'attempt_failed' })).toBe(CONNECTING);
  });

  it('says why it was refused', () => {
    const refused = nextConnection(CONNECTING, { type: 'refused', message: 'Sign in first.' });
    expect(refused).toEqual({ phase: 'refused', message: 'Sign in first.' });
  });
});

describe('freshness', () => {
  const live: Connection = { phase: 'live' };
  const open = { session: 'MARKET_SESSION_OPEN', exhausted: false } as const;

  it('is stale when the feed is silent while the market trades', () => {
    expect(freshnessOf(live, open, STALE_AFTER)).toBe('live');
    expect(freshnessOf(live, open, STALE_AFTER + 1)).toBe('stale');
  });

  it('takes silence for what it should be when the market is closed or a replay has ended', () => {
    const late = STALE_AFTER * 100;
    expect(freshnessOf(live, { ...open, session: 'MARKET_SESSION_CLOSED' }, late)).toBe('closed');
    expect(freshnessOf(live, { ...open, exhausted: true }, late)).toBe('ended');
  });

  it('is that of the connection before anything else', () => {
    expect(freshnessOf({ phase: 'reconnecting' }, { ...open, exhausted: true }, 0)).toBe(
      'reconnecting',
    );
  });

  it('dims what is stale, and what a broken connection lets grow old, but no closing prices', () => {
    expect(isDimmed('stale', STALE_AFTER + 1)).toBe(true);
    expect(isDimmed('reconnecting', 1_000)).toBe(false);
    expect(isDimmed('reconnecting', STALE_AFTER + 1)).toBe(true);
    expect(isDimmed('closed', STALE_AFTER * 100)).toBe(false);
  });
});
