/** What stands behind the figures that sum up a surface, and where volatility stands in its past. */
import type { SurfaceOnGrid } from '../charts/moneyness';
import type { ImpliedVolatilityRank, VolatilitySurface } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { MISSING } from '../format/absent';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { keyFigure } from './figures';
import { arbitrageName, percentOf } from './smile';

/** Volatility 30 days ahead, and its place among those of past sessions. */
export function maturityFigures(
  surface: VolatilitySurface,
  rank: ImpliedVolatilityRank | undefined,
  format: ProductFormat,
): readonly KeyFigure[] {
  const { product } = surface;
  return [
    keyFigure(surface, {
      name: 'IV, 30 days',
      heading: `Volatility at the money 30 days ahead, ${product}`,
      field: 'constant_maturity_iv',
      value: percentOf(surface.constant_maturity_iv, format),
      formula: 'w = σ²T at the money, linear in T between the expiries about 30 days; σ = √(w/T)',
      inputs: surface.expiries.map((slice) => [
        calendarDate(slice.expiry),
        percentOf(slice.atm_iv, format),
      ]),
      convention: 'A year has 365 days. Nothing is said beyond the first and the last expiry.',
    }),
    ...(rank === undefined ? [] : rankFigures(rank, format)),
  ];
}

function rankFigures(rank: ImpliedVolatilityRank, format: ProductFormat): readonly KeyFigure[] {
  const inputs = [
    ['Newest', percentOf(rank.iv, format)],
    ['Lowest', percentOf(rank.lowest, format)],
    ['Highest', percentOf(rank.highest, format)],
    ['Sessions stored', String(rank.sessions)],
  ] as const;
  const convention =
    'Of volatility at the money 30 days ahead at the end of each session, up to 252 of them; absent with fewer than 20.';
  return [
    keyFigure(rank, {
      name: 'IV rank',
      heading: `Rank of implied volatility, ${rank.product}`,
      field: 'rank',
      value: hundredth(rank.rank, format),
      formula: '100 · (newest − lowest) / (highest − lowest)',
      inputs,
      convention,
    }),
    keyFigure(rank, {
      name: 'IV percentile',
      heading: `Percentile of implied volatility, ${rank.product}`,
      field: 'percentile',
      value: hundredth(rank.percentile, format),
      formula: '100 · sessions before today with a lower volatility / sessions before today',
      inputs,
      convention,
    }),
  ];
}

function hundredth(value: number | undefined, format: ProductFormat): string {
  return value === undefined ? MISSING : format.quantity(Math.round(value));
}

/** What a surface says in a few figures. */
export function surfaceFigures(
  { surface }: SurfaceOnGrid,
  rank: ImpliedVolatilityRank | undefined,
  format: ProductFormat,
): readonly KeyFigure[] {
  return [worstFit(surface, format), arbitrage(surface), ...maturityFigures(surface, rank, format)];
}

function worstFit(surface: VolatilitySurface, format: ProductFormat): KeyFigure {
  const errors = surface.expiries.flatMap(({ fit_error: error }) => error ?? []);
  return keyFigure(surface, {
    name: 'Worst fit error',
    heading: `Greatest distance of a slice from its quotes, ${surface.product}`,
    field: 'fit_error',
    value: errors.length === 0 ? MISSING : format.percent(Math.max(...errors)),
    note: `of ${surface.expiries.length} expiries`,
    formula: 'for each expiry the root mean square of fitted less quoted volatility; the greatest',
    inputs: surface.expiries.map((slice) => [
      calendarDate(slice.expiry),
      format.percent(slice.fit_error),
    ]),
    convention: 'In volatility points, over the quoted strikes.',
  });
}

function arbitrage(surface: VolatilitySurface): KeyFigure {
  const fitted = surface.expiries.filter(({ least_density: density }) => density != null);
  const guilty = fitted.filter((slice) => arbitrageName(slice) !== 'none');
  return keyFigure(surface, {
    name: 'Arbitrage in the fit',
    heading: `Arbitrage that the fitted surface allows, ${surface.product}`,
    field: 'least_density',
    value:
      fitted.length === 0
        ? MISSING
        : guilty.length === 0
          ? 'none'
          : `${guilty.length} of ${fitted.length} expiries`,
    formula: 'butterfly: a negative density; calendar: less total variance than a nearer expiry',
    inputs: fitted.map((slice) => [calendarDate(slice.expiry), arbitrageName(slice)]),
    convention: 'Gatheral and Jacquier (2014). Of the fit, not of prices that can be traded.',
  });
}
