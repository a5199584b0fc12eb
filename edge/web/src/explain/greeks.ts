import type { ColumnId } from '../chain/columns';
import type { Side } from '../contract/types';
import type { Grounds, LegSubject } from './subject';
import { modelName, pricedOn } from './volatility';

export type Greek = Extract<
  ColumnId,
  'delta' | 'gamma' | 'theta' | 'vega' | 'rho' | 'vanna' | 'volga' | 'charm'
>;

/** The formula of each side; one where both have the same. */
type Formula = string | Readonly<Record<Side, string>>;

const BLACK76: Readonly<Record<Greek, Formula>> = {
  delta: { call: 'e^(−rT) · N(d₁)', put: '−e^(−rT) · N(−d₁)' },
  gamma: 'e^(−rT) · n(d₁) / (F · σ · √T)',
  theta: '(r · V − e^(−rT) · F · n(d₁) · σ / (2√T)) / 365',
  vega: 'e^(−rT) · F · n(d₁) · √T / 100',
  rho: '−T · V / 100',
  vanna: '−e^(−rT) · n(d₁) · d₂ / σ / 100',
  volga: 'e^(−rT) · F · n(d₁) · √T · d₁ · d₂ / σ / 10,000',
  charm: '(r · delta + e^(−rT) · n(d₁) · d₂ / (2T)) / 365',
};

const BLACK_SCHOLES: Readonly<Record<Greek, Formula>> = {
  delta: { call: 'N(d₁)', put: '−N(−d₁)' },
  gamma: 'n(d₁) / (S · σ · √T)',
  theta: {
    call: '(−S · n(d₁) · σ / (2√T) − r · K · e^(−rT) · N(d₂)) / 365',
    put: '(−S · n(d₁) · σ / (2√T) + r · K · e^(−rT) · N(−d₂)) / 365',
  },
  vega: 'S · n(d₁) · √T / 100',
  rho: { call: 'K · T · e^(−rT) · N(d₂) / 100', put: '−K · T · e^(−rT) · N(−d₂) / 100' },
  vanna: '−n(d₁) · d₂ / σ / 100',
  volga: 'S · n(d₁) · √T · d₁ · d₂ / σ / 10,000',
  charm: '(n(d₁) · d₂ / (2T) − r · S · gamma) / 365',
};

const MEANINGS: Readonly<Record<Greek, string>> = {
  delta: 'The change of the option’s value per 1 of the {underlying}.',
  gamma: 'The change of delta per 1 of the {underlying}.',
  theta: 'The change of the option’s value per calendar day that passes.',
  vega: 'The change of the option’s value per volatility point, which is 1 % a year.',
  rho: 'The change of the option’s value per 1 % of interest rate, while the {underlying} stays.',
  vanna: 'The change of delta per volatility point.',
  volga: 'The change of vega per volatility point.',
  charm: 'The change of delta per calendar day that passes.',
};

/** How a Greek comes about, by the convention of its chain. */
export function greekGrounds(greek: Greek, subject: LegSubject): Grounds {
  const { chain, side, leg, format } = subject;
  const isExchanges = chain.convention === 'PRICING_CONVENTION_NSE';
  const formula = (isExchanges ? BLACK_SCHOLES : BLACK76)[greek];
  const meaning = MEANINGS[greek].replace('{underlying}', isExchanges ? 'spot price' : 'forward');
  return {
    formula: typeof formula === 'string' ? formula : formula[side],
    inputs: [
      [
        'σ, implied volatility',
        leg.iv == null ? format.volatility(leg.iv) : `${format.volatility(leg.iv)} %`,
      ],
      ...pricedOn(subject),
    ],
    convention:
      `${meaning} ${modelName(subject)} V is the option’s value by the model; N is the standard ` +
      'normal distribution and n its density; d₁ and d₂ are those of the implied volatility.',
  };
}
