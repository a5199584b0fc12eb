import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Arrivals, REMEMBERED } from './arrivals';

const STAMPS = {
  product: 'NIFTY',
  published_at: '2026-01-27T09:15:00.250Z',
  processed_at: '2026-01-27T09:15:00.270Z',
};

describe('arrivals', () => {
  let now: number;
  let arrivals: Arrivals;
  let next: number;

  beforeEach(() => {
    now = 1_000;
    arrivals = new Arrivals(() => now);
    arrivals.expect('NIFTY', 0);
    next = 0;
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** The next update arrives. */
  function arrive(): void {
    next += 1;
    arrivals.note({ ...STAMPS, seq: next });
  }

  async function drawn(count: number): Promise<void> {
    await vi.waitFor(() => {
      expect(arrivals.recent()).toHaveLength(count);
    });
  }

  it('are drawn once their frame has been painted, all of a frame at once', async () => {
    arrive();
    now = 1_010;
    arrive();
    expect(arrivals.recent()).toEqual([]);
    now = 1_016;
    await drawn(2);
    expect(arrivals.recent().map(({ receivedAt, drawnAt }) => [receivedAt, drawnAt])).toEqual([
      [1_000, 1_016],
      [1_010, 1_016],
    ]);
  });

  it('come at a rate, over the last minute at most', async () => {
    arrive();
    arrive();
    now = 5_000;
    await drawn(2);
    expect(arrivals.rate).toBe(0.5);
    now = 1_000_000;
    expect(arrivals.rate).toBe(0);
  });

  it('are forgotten after a minute', async () => {
    arrive();
    await drawn(1);
    now += REMEMBERED + 1;
    expect(arrivals.recent()).toEqual([]);
    expect(arrivals.received).toBe(1);
  });

  it('of a page that nobody sees are counted and not timed', async () => {
    vi.stubGlobal('document', { hidden: true });
    arrive();
    vi.stubGlobal('document', { hidden: false });
    arrive();
    await drawn(1);
    expect(arrivals.received).toBe(2);
  });

  it('of what the server begins with are counted and not timed', async () => {
    arrivals.note({ ...STAMPS, seq: 0 });
    arrivals.note({ ...STAMPS, product: 'SPY', seq: 7 });
    arrive();
    await drawn(1);
    expect(arrivals.received).toBe(3);
  });

  describe('with numbers', () => {
    function note(...numbers: readonly number[]): void {
      for (const seq of numbers) arrivals.note({ ...STAMPS, seq });
    }

    it('tell how many were left out after the number that the server began with', () => {
      arrivals.expect('NIFTY', 10);
      note(11, 14, 15);
      expect(arrivals.skipped).toBe(2);
    });

    it('say nothing before the server has said where it stands, nor of what comes again', () => {
      arrivals.forgetSequences();
      note(3, 9);
      arrivals.expect('NIFTY', 10);
      note(4, 10, 11);
      expect(arrivals.skipped).toBe(0);
    });

    it('are counted by product, and anew after a reconnection', () => {
      arrivals.expect('NIFTY', 10);
      arrivals.expect('SPY', 50);
      note(11);
      arrivals.note({ ...STAMPS, product: 'SPY', seq: 51 });
      arrivals.forgetSequences();
      note(90);
      expect(arrivals.skipped).toBe(0);
    });
  });
});
