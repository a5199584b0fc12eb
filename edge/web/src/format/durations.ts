/** How dates, ages and durations are written. An absent one is a dash, never 0. */
import { type Maybe, MISSING } from './absent';
import { decimals } from './numbers';

/** The calendar date at the exchange, YYYY-MM-DD. */
export function exchangeDate(instant: number, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant);
}

/** An instant by the clock of the exchange, as ISO 8601 has it: "2025-08-05T13:59:32+05:30". */
export function exchangeTime(instant: number, timeZone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).format(instant);
  const [date = '', time = '', zone = ''] = text.split(' ');
  return `${date}T${time}${zone.replace('GMT', '').replace('−', '-') || '+00:00'}`;
}

/** A calendar date, YYYY-MM-DD, for people: "Thu, 7 Aug 2025". It has no zone. */
export function calendarDate(isoDate: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(new Date(isoDate));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in its largest unit: "0.4 s", "12 s", "3 min". `elapsed` is in milliseconds. */
export function age(elapsed: Maybe<number>): string {
  if (elapsed == null) return MISSING;
  const shown = Math.max(0, elapsed);
  if (shown < 10 * SECOND) return `${(shown / SECOND).toFixed(1)} s`;
  if (shown < 2 * MINUTE) return `${Math.floor(shown / SECOND)} s`;
  if (shown < 2 * HOUR) return `${Math.floor(shown / MINUTE)} min`;
  if (shown < 2 * DAY) return `${Math.floor(shown / HOUR)} h`;
  return `${Math.floor(shown / DAY)} d`;
}

/** How long is left, in its two largest units: "2 d 1 h", "45 min". Milliseconds. */
export function remaining(left: Maybe<number>): string {
  if (left == null) return MISSING;
  if (left <= 0) return 'expired';
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  if (days >= 100) return `${days} d`;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : '< 1 min';
}

/** A duration that people do not notice: "0.8 ms", "12 ms", "1,240 ms". */
export function milliseconds(duration: Maybe<number>): string {
  if (duration == null || Number.isNaN(duration)) return MISSING;
  return `${duration.toLocaleString('en-US', decimals(Math.abs(duration) < 10 ? 1 : 0)).replace('-', '−')} ms`;
}

/** The same with its sign. */
export function signedMilliseconds(duration: Maybe<number>): string {
  return duration != null && duration > 0 ? `+${milliseconds(duration)}` : milliseconds(duration);
}
