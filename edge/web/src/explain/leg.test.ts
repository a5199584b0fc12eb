import { describe, expect, it } from 'vitest';

import { COLUMNS, type ColumnId } from '../chain/columns';
import type { EnrichedChain, OptionLeg, Side } from '../contract/types';
import { MISSING } from '../format/absent';
import { leg } from '../testing/chains';
import { column, FULL, input, subject } from '../testing/explained';
import type { Explanation } from './explanation';
import { explainLeg, explainUnlisted } from './leg';

interface Asked {
  readonly strike?: number;
  readonly side?: Side;
  readonly figures?: Partial<OptionLeg>;
  readonly chain?: Partial<EnrichedChain>;
}

function explained(id: ColumnId, asked: Asked = {}): Explanation {
  const { strike = 24_600, side = 'call', figures = {}, chain = {} } = asked;
  const legs = side === 'call' ? FULL.calls : FULL.puts;
  const listed = legs.find((each) => each.strike === strike) ?? leg(strike);
  return explainLeg(column(id), { ...subject(chain), side, leg: { ...listed, ...figures } });
}

describe('an explanation of a figure of an option', () => {
  it.each(COLUMNS.map(({ id }) => id))('says what %s is, its value, and its time', (id) => {
    const explanation = explained(id);
    expect(explanation.heading).toBe(`${column(id).name}, 24,600 call`);
    expect(explanation.value).not.toBe(MISSING);
    expect(explanation).not.toHaveProperty('missing');
    expect(explanation.convention?.length).toBeGreaterThan(40);
    expect(explanation.timestamp).toBe(FULL.timestamp);
    expect(explanation.publishedAt).toBe(FULL.published_at);
  });

  it.each(COLUMNS.map(({ id }) => id))('says why %s is missing, and no number instead', (id) => {
    const bare = explainLeg(column(id), {
      ...subject(),
      side: 'call',
      leg: leg(24_600, { iv_missing: 'MISSING_REASON_ONE_SIDED' }),
    });
    expect(bare.value).toBe(MISSING);
    expect(bare.missing?.length).toBeGreaterThan(10);
    expect(bare.inputs.filter(([, value]) => value === '0' || value === '0.00')).toEqual([]);
  });

  it.each([
    ['bid', 'Nobody bids'],
    ['ask', 'Nobody offers'],
    ['open_interest', 'The source does not state it'],
    ['iv', 'Only one side of the market is quoted'],
    ['delta', 'There is no implied volatility: Only one side of the market is quoted'],
  ] as const)('says of a missing %s: %s', (id, sentence) => {
    const bare = leg(24_600, { iv_missing: 'MISSING_REASON_ONE_SIDED' });
    const { missing } = explainLeg(column(id), { ...subject(), side: 'call', leg: bare });
    expect(missing).toBe(sentence);
  });

  it('says that an option is not listed', () => {
    const explanation = explainUnlisted(column('iv'), 'put', 24_700, subject());
    expect(explanation.value).toBe(MISSING);
    expect(explanation.missing).toBe('No 24,700 put is listed for this expiry');
  });

  it('takes a 0 that the source states for a value', () => {
    const explanation = explained('open_interest', { figures: { open_interest: 0 } });
    expect(explanation.value).toBe('0');
    expect(explanation).not.toHaveProperty('missing');
  });
});

describe('a quantity', () => {
  it('says what it counts', () => {
    const { convention } = explained('open_interest');
    expect(convention).toContain('Counted in contracts of 75 units of the underlying.');
  });

  it('says what the change is from', () => {
    const explanation = explained('change_in_open_interest');
    expect(input(explanation, 'now')).toBe('1,20,443');
    expect(input(explanation, 'previous close')).toBe('1,25,409');
  });
});

describe('a build-up', () => {
  it('shows the two changes whose signs it is made of', () => {
    const explanation = explained('buildup');
    expect(explanation.value).toBe('LU');
    expect(input(explanation, 'It reads')).toContain('Long unwinding');
    expect(input(explanation, 'Price change')).toBe('−18.70');
    expect(input(explanation, 'open interest')).toBe('−4,966');
  });

  it('says which of the changes is not known', () => {
    const { missing } = explained('buildup', {
      figures: { buildup: 'BUILDUP_UNSPECIFIED', price_change: null as never },
    });
    expect(missing).toBe('The source does not state the change of its price');
  });
});

describe('an implied volatility by Black-76', () => {
  it('comes from the put below the forward, for the call, too', () => {
    const explanation = explained('iv');
    expect(explanation.value).toBe('13.1 %');
    expect(explanation.formula).toContain('K · N(−d₂) − F · N(−d₁)');
    expect(input(explanation, 'Price of the 24,600 put')).toBe('173.95 (mid)');
  });

  it('comes from the call above the forward, for the put, too', () => {
    const explanation = explained('iv', { strike: 24_650, side: 'put' });
    expect(explanation.formula).toContain('F · N(d₁) − K · N(d₂)');
    expect(input(explanation, 'Price of the 24,650 call')).toBeDefined();
  });

  it('comes from the other option where that is the one that is listed', () => {
    const explanation = explained('iv', { chain: { puts: [] } });
    expect(input(explanation, 'Price of the 24,600 call')).toBe('187.93 (mid)');
  });

  it('names the last price where that was used', () => {
    const explanation = explained('iv', {
      strike: 24_650,
      figures: { price_basis: 'PRICE_BASIS_LAST' },
    });
    expect(input(explanation, 'Price of')).toBe('188.50 (last)');
  });

  it('names no price where none was good enough', () => {
    const explanation = explained('iv', {
      strike: 24_650,
      figures: { iv: null as never, price_basis: 'PRICE_BASIS_UNSPECIFIED' },
    });
    expect(input(explanation, 'Price of')).toBe(MISSING);
  });

  it('says what else it was priced on', () => {
    const explanation = explained('iv');
    expect(input(explanation, 'forward')).toBe('24,613.00 (put-call parity)');
    expect(input(explanation, 'years')).toBe('0.02612');
    expect(input(explanation, 'interest')).toBe('5.50%');
    expect(explanation.convention).toContain('Black (1976)');
    expect(explanation.convention).toContain('seconds');
  });
});

describe('an implied volatility by the exchange’s convention', () => {
  const chain = {
    convention: 'PRICING_CONVENTION_NSE',
    forward_basis: 'FORWARD_BASIS_CARRIED_SPOT',
  } as const;

  it('comes from the option itself, on spot, by calendar days', () => {
    const explanation = explained('iv', { chain, figures: { price_basis: 'PRICE_BASIS_LAST' } });
    expect(explanation.formula).toContain('S · N(d₁) − K · e^(−rT) · N(d₂)');
    expect(input(explanation, 'Price of the 24,600 call')).toBe('188.50 (last)');
    expect(input(explanation, 'spot')).toBe('24,600.00');
    expect(explanation.convention).toContain('whole calendar days');
  });
});

describe('a Greek', () => {
  it('has the formula of its side and of its convention', () => {
    const nse = { chain: { convention: 'PRICING_CONVENTION_NSE' } } as const;
    expect(explained('delta').formula).toBe('e^(−rT) · N(d₁)');
    expect(explained('delta', { side: 'put' }).formula).toBe('−e^(−rT) · N(−d₁)');
    expect(explained('delta', nse).formula).toBe('N(d₁)');
    expect(explained('delta').convention).toContain('per 1 of the forward');
    expect(explained('delta', nse).convention).toContain('per 1 of the spot price');
  });

  it.each([
    ['theta', 'per calendar day'],
    ['vega', 'per volatility point'],
    ['rho', 'per 1 % of interest rate'],
    ['charm', 'per calendar day'],
  ] as const)('says that %s is %s', (id, unit) => {
    expect(explained(id).convention).toContain(unit);
  });

  it('is made of the volatility of its option', () => {
    expect(input(explained('gamma'), 'implied volatility')).toBe('13.1 %');
  });
});
