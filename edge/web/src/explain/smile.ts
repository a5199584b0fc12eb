/** What stands behind the figures that sum up a smile. */
import { fitName, type Smile } from '../charts/smile';
import type { MoneynessRange, SurfaceSlice } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { type Maybe, MISSING } from '../format/absent';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { keyFigure, type FigureSource } from './figures';

/** Level, skew and curvature as quoted, and how good the fit is. */
export function smileFigures(smile: Smile, format: ProductFormat): readonly KeyFigure[] {
  const { chain } = smile;
  const of = `${chain.product} ${calendarDate(chain.expiry)}`;
  const percent = (fraction: Maybe<number>): string => percentOf(fraction, format);
  return [
    keyFigure(chain, {
      name: 'ATM IV',
      heading: `Implied volatility at the money, ${of}`,
      field: 'atm_iv',
      value: percent(chain.atm_iv),
      formula: 'w = σ²T, linear in ln K between the two strikes beside the forward; σ = √(w(F)/T)',
      inputs: [
        ['F, forward', format.price(chain.forward)],
        ['T, years', String(chain.years_to_expiry ?? MISSING)],
      ],
      convention: 'A year has 365 days. At the forward, not at spot.',
    }),
    keyFigure(chain, {
      name: '25Δ risk reversal',
      heading: `Risk reversal of 25 delta, ${of}`,
      field: 'risk_reversal_25d',
      value: format.percentChange(chain.risk_reversal_25d),
      formula: 'σ of the call of delta 0.25 − σ of the put of delta −0.25',
      inputs: [['ATM IV', percent(chain.atm_iv)]],
      convention: 'In volatility points. Below zero, puts cost more than calls as far away.',
    }),
    keyFigure(chain, {
      name: '25Δ butterfly',
      heading: `Butterfly of 25 delta, ${of}`,
      field: 'butterfly_25d',
      value: format.percentChange(chain.butterfly_25d),
      formula: 'mean of the two volatilities of 25 delta − ATM IV',
      inputs: [['ATM IV', percent(chain.atm_iv)]],
      convention: 'In volatility points. The larger, the more the smile bends.',
    }),
    fitFigure(smile, of, format),
    arbitrageFigure(smile, of, format),
  ];
}

/** A volatility with its unit; a dash alone where there is none. */
export function percentOf(fraction: Maybe<number>, format: ProductFormat): string {
  return fraction == null ? MISSING : `${format.volatility(fraction)} %`;
}

const UNFITTED: FigureSource = { missing: [] };

function fitFigure({ slice, unfitted }: Smile, of: string, format: ProductFormat): KeyFigure {
  return keyFigure(slice ?? UNFITTED, {
    name: 'Fit error',
    heading: `Distance of the fit from the quotes, ${of}`,
    field: 'fit_error',
    value: format.percent(slice?.fit_error),
    note: fitName(slice),
    unanswered: unfitted,
    formula: formulaOf(slice),
    inputs: [
      ['Strikes with a volatility', String(slice?.strikes.length ?? 0)],
      ...Object.entries(slice?.svi ?? {}).map(
        ([name, value]) => [name, value.toPrecision(5)] as const,
      ),
    ],
    convention:
      'Root mean square over the quoted strikes, in volatility points. k is ln(strike / forward), w the total variance.',
  });
}

function formulaOf(slice: SurfaceSlice | undefined): string {
  return slice?.method === 'SLICE_METHOD_SVI'
    ? 'w(k) = a + b(ρ(k − m) + √((k − m)² + σ²)), raw SVI (Gatheral 2004)'
    : 'total variance between quotes, monotone (too few quotes for SVI)';
}

function arbitrageFigure({ slice, unfitted }: Smile, of: string, format: ProductFormat): KeyFigure {
  return keyFigure(slice ?? UNFITTED, {
    name: 'Arbitrage in the fit',
    heading: `Arbitrage that the fit allows, ${of}`,
    field: 'least_density',
    value: slice?.least_density == null ? MISSING : arbitrageName(slice),
    unanswered: unfitted,
    formula:
      'butterfly: g(k) = (1 − kw′/2w)² − w′²/4 · (1/w + 1/4) + w″/2 < 0; calendar: w(k) below that of the next nearer expiry',
    inputs: [
      ['Least g', slice?.least_density?.toPrecision(4) ?? MISSING],
      ['Butterfly, strikes', rangesText(slice?.butterfly_ranges, slice, format)],
      ['Calendar, strikes', rangesText(slice?.calendar_ranges, slice, format)],
    ],
    convention: 'Gatheral and Jacquier (2014). Of the fit, not of prices that can be traded.',
  });
}

/** Which arbitrage the fit allows, in a word. */
export function arbitrageName(slice: SurfaceSlice): string {
  const kinds = [
    ...(slice.butterfly_arbitrage ? ['butterfly'] : []),
    ...(slice.calendar_arbitrage ? ['calendar'] : []),
  ];
  return kinds.length === 0 ? 'none' : kinds.join(', ');
}

function rangesText(
  ranges: readonly MoneynessRange[] = [],
  slice: SurfaceSlice | undefined,
  format: ProductFormat,
): string {
  const strikeAt = (k: number): string =>
    format.strike(Math.round((slice?.forward ?? NaN) * Math.exp(k)));
  const texts = ranges.map(({ low, high }) => `${strikeAt(low)} to ${strikeAt(high)}`);
  return texts.length === 0 ? 'nowhere' : texts.join(', ');
}
