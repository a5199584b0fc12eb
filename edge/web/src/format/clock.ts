/** How instants are written by the clock of an exchange. */
import { MISSING } from './absent';
import type { Write } from './numbers';

/** A zone that this browser does not know is no reason to show nothing: times then say UTC. */
export function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

const CLOCK = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' } as const;
const TO_THE_SECOND = { ...CLOCK, second: '2-digit', timeZoneName: 'short' } as const;
const DAY_OF_YEAR = { day: 'numeric', month: 'short' } as const;

/** The writers of instants, which are in milliseconds. */
export interface InstantFormat {
  /** The time of day: "13:59:32 IST". */
  readonly time: Write;
  /** The same to the minute, where the zone is known: "13:59". */
  readonly minute: Write;
  /** The day: "7 Aug". */
  readonly day: Write;
  /** Day and time: "7 Aug, 13:59:32 IST". */
  readonly moment: Write;
}

/** The writers of a zone. */
export function instantFormat(locale: string, timeZone: string): InstantFormat {
  return {
    time: timeWriter(locale, { timeZone, ...TO_THE_SECOND }),
    minute: timeWriter(locale, { timeZone, ...CLOCK }),
    day: timeWriter(locale, { timeZone, ...DAY_OF_YEAR }),
    moment: timeWriter(locale, { timeZone, ...DAY_OF_YEAR, ...TO_THE_SECOND }),
  };
}

function timeWriter(locale: string, options: Intl.DateTimeFormatOptions): Write {
  const format = new Intl.DateTimeFormat(locale, options);
  return (instant) => (instant == null || Number.isNaN(instant) ? MISSING : format.format(instant));
}
