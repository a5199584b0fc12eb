import { describe, expect, it } from 'vitest';

import { MISSING } from '../format/absent';
import { input, subject } from '../testing/explained';
import { explainAge } from './data-age';
import { explainMove, explainSpot } from './spot';

const TRAIL = [
  { at: Date.parse('2025-08-05T08:29:01Z'), price: 24_600 },
  { at: Date.parse('2025-08-05T08:29:31Z'), price: 24_612.3 },
];

describe('the spot price', () => {
  it('is what the chain states until there is a tick', () => {
    const explanation = explainSpot(undefined, subject());
    expect(explanation.value).toBe('₹24,600.00');
    expect(input(explanation, 'Latest tick')).toBe(MISSING);
  });

  it('is missing where neither states it', () => {
    const explanation = explainSpot(
      undefined,
      subject({
        spot_price: null as never,
        missing: [{ field: 'spot_price', reason: 'MISSING_REASON_NO_SPOT' }],
      }),
    );
    expect(explanation.value).toBe(MISSING);
    expect(explanation.missing).toBe('The source does not state the price of the underlying');
  });
});

describe('its change', () => {
  it('is from the oldest price that there is', () => {
    const explanation = explainMove(TRAIL, subject());
    expect(explanation.value).toBe('+12.30 (+0.05%)');
    expect(input(explanation, 'Oldest')).toBe('₹24,600.00');
  });

  it('is missing with a single price', () => {
    const explanation = explainMove(TRAIL.slice(0, 1), subject());
    expect(explanation.value).toBe(MISSING);
    expect(explanation.missing).toBe('Only one price of the underlying is known so far');
  });
});

describe('the age', () => {
  it('says what passed before the figures were computed', () => {
    const explanation = explainAge(3_200, subject());
    expect(explanation.value).toBe('3.2 s');
    expect(input(explanation, 'From there')).toBe('10 ms');
  });

  it('is missing where the feed does not say when it published', () => {
    const explanation = explainAge(undefined, subject({ published_at: null as never }));
    expect(explanation.value).toBe(MISSING);
    expect(explanation.missing).toBe('The feed does not state when it published the chain');
    expect(input(explanation, 'From there')).toBe(MISSING);
    expect(explanation).not.toHaveProperty('publishedAt');
  });
});
