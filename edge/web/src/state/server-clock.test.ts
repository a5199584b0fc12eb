import { describe, expect, it } from 'vitest';

import { ServerClock } from './server-clock';

/** A local clock that a test sets, beside a server's that is 50 s behind it. */
function clocks(): { clock: ServerClock; local: { now: number } } {
  const local = { now: 60_000 };
  return { clock: new ServerClock(() => local.now), local };
}

/** An exchange in which the server reads its clock `there` ms after it was sent. */
function exchange(
  sentAt: number,
  there: number,
  back: number,
): Parameters<ServerClock['observe']>[0] {
  const instant = sentAt + there - 50_000;
  return { sentAt, receivedAt: sentAt + there + back, earliest: instant, latest: instant };
}

describe('the server clock', () => {
  it('is the local one until the server has been heard', () => {
    const { clock } = clocks();
    expect(clock.now()).toBe(60_000);
    expect(clock.uncertainty).toBe(Infinity);
  });

  it('lies within half of what an exchange took', () => {
    const { clock } = clocks();
    clock.observe(exchange(60_000, 30, 10));
    expect(clock.offset).toBe(49_990);
    expect(clock.uncertainty).toBe(20);
  });

  it('lies within the bounds of all exchanges, closer than any of them', () => {
    const { clock } = clocks();
    clock.observe(exchange(60_000, 500, 2));
    clock.observe(exchange(61_000, 1, 500));
    expect(clock.offset).toBe(50_000.5);
    expect(clock.uncertainty).toBe(1.5);
  });

  it('is bounded by a header that is cut off to the second', () => {
    const { clock } = clocks();
    clock.observe({ sentAt: 60_000, receivedAt: 60_020, earliest: 10_000, latest: 11_000 });
    expect(clock.offset).toBe(49_510);
    expect(clock.uncertainty).toBe(510);
  });

  it('is never before a stamp of something that has arrived', () => {
    const { clock } = clocks();
    clock.observe(exchange(60_000, 400, 400));
    clock.observePast(10_300);
    expect(clock.offset).toBe((49_600 + 49_700) / 2);
  });

  it('takes a stamp for a sign of a clock that is ahead, never for one that is behind', () => {
    const { clock } = clocks();
    clock.observePast(20_000); // something old
    expect(clock.now()).toBe(60_000);
    clock.observePast(90_000);
    expect(clock.now()).toBe(90_000);
  });

  it('believes the newest exchange once a clock has been set', () => {
    const { clock } = clocks();
    clock.observe(exchange(60_000, 5, 5));
    clock.observe({ sentAt: 61_000, receivedAt: 61_010, earliest: 61_005, latest: 61_005 });
    expect(clock.offset).toBe(0);
    expect(clock.uncertainty).toBe(5);
  });

  it('starts anew after it was told to forget', () => {
    const { clock } = clocks();
    clock.observe(exchange(60_000, 5, 5));
    clock.forget();
    expect(clock.now()).toBe(60_000);
  });

  it('is not misled by a stamp that is none', () => {
    const { clock } = clocks();
    clock.observe({ sentAt: 1, receivedAt: 2, earliest: NaN, latest: NaN });
    clock.observePast(NaN);
    expect(clock.now()).toBe(60_000);
  });
});
