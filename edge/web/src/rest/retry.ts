import { problemFrom, type Problem } from './problem';

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

/**
 * Asks until there is an answer, waiting longer after each failure.
 *
 * `onProblem` hears of every failure. Ends without an answer when the signal aborts, or when a
 * failure is one that asking again cannot mend.
 */
export async function untilAnswered<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
  onProblem: (problem: Problem) => void,
): Promise<Answer | undefined> {
  const isEnded = (): boolean => signal.aborted;
  for (let attempt = 0; !isEnded(); attempt += 1) {
    try {
      return await ask(signal);
    } catch (thrown) {
      if (isEnded()) return undefined;
      const problem = problemFrom(thrown);
      onProblem(problem);
      if (!problem.temporary) return undefined;
      await delayed(DELAYS[Math.min(attempt, DELAYS.length - 1)] ?? 0, signal);
    }
  }
  return undefined;
}
