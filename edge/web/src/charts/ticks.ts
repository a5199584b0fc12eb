/** Round values for axes that are laid out by us and not by ECharts. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between ticks of time that people read without counting. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY),
] as const;

/** The least of 1, 2 and 5 times a power of ten that is not below a number. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const multiple = [1, 2, 5].find((each) => each * power >= atLeast) ?? 10;
  return multiple * power;
}

/** Round values within [low, high], at most `count` and one. */
export function roundTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low];
  const step = roundStep((high - low) / count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A product has fewer digits to go wrong than a running sum.
  return Array.from({ length: last - first + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
}

/** Instants, in milliseconds, at which the clock of a zone shows a round time. */
export function timeTicks(
  from: number,
  to: number,
  timeZone: string,
  count: number,
): readonly number[] {
  const wallClock = wallClockOf(timeZone);
  const step = TIME_STEPS.find((each) => each * count >= to - from) ?? 364 * DAY;
  const ticks: number[] = [];
  for (let wall = Math.ceil(wallClock(from) / step) * step; ; wall += step) {
    const instant = instantOf(wall, wallClock, from);
    if (instant > to) return ticks;
    ticks.push(instant);
  }
}

export type WallClock = (instant: number) => number;

/** Reads the clock of a zone, as the instant at which a clock in UTC shows the same. */
export function wallClockOf(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = format.formatToParts(instant);
    const part = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find((each) => each.type === type)?.value);
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
}

/** The instant at which the clock shows a time; near a change of the clock, one look is not enough. */
function instantOf(wall: number, wallClock: WallClock, near: number): number {
  const guess = wall - (wallClock(near) - near);
  return guess + (wall - wallClock(guess));
}
