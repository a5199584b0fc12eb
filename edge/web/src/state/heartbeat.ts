import { signal } from '@preact/signals-core';

/** Milliseconds between two steps: often enough for an age that is shown in tenths. */
const STEP = 500;

let timer: ReturnType<typeof setInterval> | undefined;

/** Steps on twice a second while somebody reads it. */
const heartbeat = signal(0, {
  watched() {
    timer = setInterval(() => {
      heartbeat.value += 1;
    }, STEP);
  },
  unwatched() {
    clearInterval(timer);
  },
});

/** Reads the heartbeat: whoever calls this while it draws is drawn again as time goes by. */
export function followTime(): number {
  return heartbeat.value;
}
