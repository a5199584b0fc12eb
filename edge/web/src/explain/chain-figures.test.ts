import { describe, expect, it } from 'vitest';

import type { EnrichedChain, MissingReason } from '../contract/types';
import { MISSING } from '../format/absent';
import { FULL, input, subject } from '../testing/explained';
import { explainChain, type ChainFigure } from './chain-figures';

const FIGURES = [
  'forward',
  'atm_strike',
  'atm_straddle_price',
  'expected_move',
  'pcr_oi',
  'pcr_volume',
  'max_pain_strike',
  'atm_iv',
  'years_to_expiry',
] as const satisfies readonly ChainFigure[];

function without(field: ChainFigure, reason: MissingReason): Partial<EnrichedChain> {
  const hidden = field === 'years_to_expiry' ? { expires_at: null as never } : {};
  return { [field]: null, missing: [{ field, reason }], ...hidden };
}

describe('an explanation of a figure of the chain', () => {
  it.each(FIGURES)('says how %s comes about, and when it was so', (figure) => {
    const explanation = explainChain(figure, subject());
    expect(explanation.heading).toContain('NIFTY Thu, 7 Aug 2025');
    expect(explanation.value).not.toBe(MISSING);
    expect(explanation).not.toHaveProperty('missing');
    expect(explanation.formula).toBeDefined();
    expect(explanation.inputs.length).toBeGreaterThan(1);
    expect(explanation.convention).toBeDefined();
    expect(explanation.timestamp).toBe(FULL.timestamp);
  });

  it.each(FIGURES)('says why %s is missing', (figure) => {
    const chain = without(figure, 'MISSING_REASON_NO_PAIR');
    const explanation = explainChain(figure, subject(chain));
    expect(explanation.value).toBe(MISSING);
    expect(explanation.missing).toBe('No strike has both a call and a put');
  });

  it('shows a dash for an input that is missing', () => {
    const explanation = explainChain(
      'expected_move',
      subject({
        ...without('expected_move', 'MISSING_REASON_OUTSIDE_RANGE'),
        atm_iv: null as never,
      }),
    );
    expect(input(explanation, 'σ')).toBe(MISSING);
    expect(input(explanation, 'part of')).toBe(MISSING);
  });
});

describe('the forward', () => {
  it('shows what each strike near spot implies', () => {
    const explanation = explainChain('forward', subject());
    expect(explanation.formula).toContain('median');
    expect(input(explanation, 'At 24,600')).toBe('24,614.00');
    // Its put is not quoted.
    expect(input(explanation, 'At 24,650')).toBeUndefined();
  });

  it('is an assumption where spot is carried', () => {
    const explanation = explainChain(
      'forward',
      subject({ forward_basis: 'FORWARD_BASIS_CARRIED_SPOT' }),
    );
    expect(explanation.formula).toBe('S · e^(rT)');
    expect(explanation.convention).toContain('assumption');
    expect(input(explanation, 'At 24,600')).toBeUndefined();
  });
});

describe('figures', () => {
  it('are written as they are above the table', () => {
    expect(explainChain('atm_strike', subject()).value).toBe('24,600');
    expect(explainChain('pcr_oi', subject()).value).toBe('1.11');
    expect(explainChain('atm_iv', subject()).value).toBe('13.0 %');
    expect(explainChain('years_to_expiry', subject()).value).toBe('2 d 1 h');
  });

  it('name the strikes that share the least pain', () => {
    expect(input(explainChain('max_pain_strike', subject()), 'share')).toBe('24,600, 24,650');
  });

  it('put the street’s estimate beside the expected move', () => {
    expect(input(explainChain('expected_move', subject()), 'straddle')).toBe('307.59 (mid)');
  });

  it('name both legs of the straddle', () => {
    const explanation = explainChain('atm_straddle_price', subject());
    expect(input(explanation, 'Call')).toBe('187.92');
    expect(input(explanation, 'Put')).toBe('173.95');
  });
});
