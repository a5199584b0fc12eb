import type { Maybe } from '../format/absent';
import { age } from '../format/durations';
import type { Explanation } from './explanation';
import { explanationOf, timeOf, type ChainSubject } from './subject';

/** Explains how old a chain is; `elapsed` is in milliseconds. */
export function explainAge(elapsed: Maybe<number>, subject: ChainSubject): Explanation {
  const { chain, format } = subject;
  const { timestamp, published_at: published, processed_at: processed } = chain;
  const spent = Date.parse(processed ?? '') - Date.parse(published ?? '');
  return explanationOf(subject, `Data age, ${chain.product}`, age(elapsed), {
    missing: 'The feed does not state when it published the chain',
    formula: 'now − when the feed published the chain',
    inputs: [
      ['The exchange’s time', timeOf(format, timestamp)],
      ['Published by the feed', timeOf(format, published)],
      ['From there to its figures', Number.isNaN(spent) ? age(undefined) : `${spent} ms`],
      ['Sequence', chain.sequence],
    ],
    convention:
      'By the clock of the server, as far as this page can tell it from when its messages arrive.',
  });
}
