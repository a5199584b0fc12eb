import { problemFrom, wantsCredentials, type Problem } from './problem';

/** Milliseconds before each next try; the last one repeats. */
const DELAYS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

function delayed(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Waits for an event, or for the end. */
function eventOrEnd(event: Promise<void>, signal: AbortSignal): Promise<void> {
  const end = new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
  return Promise.race([event, end]);
}

/**
 * Asks until there is an answer, waiting longer after each failure.
 *
 * `onProblem` hears of every failure. Ends without an answer when the signal aborts, or when a
 * failure is one that asking again cannot mend. What is refused for want of credentials is asked
 * again once `unlocked`, which is read before each try, says that there are others.
 */
export async function untilAnswered<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
  onProblem: (problem: Problem) => void,
  unlocked?: () => Promise<void>,
): Promise<Answer | undefined> {
  const isEnded = (): boolean => signal.aborted;
  for (let attempt = 0; !isEnded(); attempt += 1) {
    const others = unlocked?.();
    try {
      return await ask(signal);
    } catch (thrown) {
      if (isEnded()) return undefined;
      const problem = problemFrom(thrown);
      onProblem(problem);
      const isLocked = others !== undefined && wantsCredentials(problem);
      if (isLocked) await eventOrEnd(others, signal);
      else if (!problem.temporary) return undefined;
      else await delayed(DELAYS[Math.min(attempt, DELAYS.length - 1)] ?? 0, signal);
    }
  }
  return undefined;
}
