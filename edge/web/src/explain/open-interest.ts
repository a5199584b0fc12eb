/** The key figures of open interest by strike. */
import type { Count, StrikePair } from '../charts/open-interest';
import type { EnrichedChain, OpenInterestBuildup } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { keyFigure, type FigureSource } from './figures';

/** What the figures are of. */
export interface InterestSubject {
  /** The chain of now. */
  readonly chain: EnrichedChain;
  /** What is counted, by strike. */
  readonly pairs: readonly StrikePair[];
  readonly count: Count;
  /** What changes are measured from: "since the previous close". */
  readonly since: string;
  /** When the counts were true; the chain's time where they are the chain's. */
  readonly timestamp?: Maybe<string>;
}

/** What a build-up measures changes from, in words: "since the previous close". */
export function baselineWords(
  { baseline, baseline_at: at }: Pick<OpenInterestBuildup, 'baseline' | 'baseline_at'>,
  format: ProductFormat,
): string {
  switch (baseline) {
    case 'BUILDUP_BASELINE_PREVIOUS_CLOSE':
      return 'since the previous close';
    case 'BUILDUP_BASELINE_WINDOW_START':
      return `since ${format.moment(Date.parse(at ?? ''))}`;
    case 'BUILDUP_BASELINE_UNSPECIFIED':
      return 'since a time that is not stated';
  }
}

type Side = 'call' | 'put';

const SIDES: Readonly<Record<Side, string>> = { call: 'calls', put: 'puts' };

/** Totals, their ratio, and the strikes that hold most. */
export function interestFigures(
  subject: InterestSubject,
  format: ProductFormat,
): readonly KeyFigure[] {
  const totals =
    subject.count === 'open_interest'
      ? [total('call', subject, format), total('put', subject, format), ratio(subject, format)]
      : [change('call', subject, format), change('put', subject, format)];
  return [...totals, level('resistance', subject, format), level('support', subject, format)];
}

function total(side: Side, { chain }: InterestSubject, format: ProductFormat): KeyFigure {
  const legs = side === 'call' ? chain.calls : chain.puts;
  const field = side === 'call' ? 'total_call_oi' : 'total_put_oi';
  return keyFigure(chain, {
    name: side === 'call' ? 'Call OI' : 'Put OI',
    heading: `Open interest of all ${SIDES[side]}`,
    field,
    value: format.shortQuantity(chain[field]),
    note: format.unit,
    formula: `sum of the ${SIDES[side]}’ open interest over all listed strikes of the expiry`,
    inputs: [
      ['In full', format.quantity(chain[field])],
      [`Listed ${SIDES[side]}`, String(legs.length)],
      ['Of which open interest is stated', String(statedOf(legs.map((leg) => leg.open_interest)))],
    ],
    convention: `Counted in ${format.unit}. What the source does not state adds nothing.`,
  });
}

function ratio({ chain }: InterestSubject, format: ProductFormat): KeyFigure {
  return keyFigure(chain, {
    name: 'PCR OI',
    heading: 'Put-call ratio by open interest',
    field: 'pcr_oi',
    value: format.ratio(chain.pcr_oi),
    note: 'puts per call',
    formula: 'open interest of all puts ÷ open interest of all calls',
    inputs: [
      ['Puts', format.quantity(chain.total_put_oi)],
      ['Calls', format.quantity(chain.total_call_oi)],
    ],
    convention: 'Over all listed strikes of this expiry, not only those near the money.',
  });
}

function change(side: Side, subject: InterestSubject, format: ProductFormat): KeyFigure {
  const { pairs, since } = subject;
  const changes = pairs.map((pair) => pair[side]);
  const stated = statedOf(changes);
  const sum = changes.reduce<number>((so, each) => so + (each ?? 0), 0);
  return keyFigure(sourceOf(subject), {
    name: side === 'call' ? 'Call OI change' : 'Put OI change',
    heading: `Change in open interest of all ${SIDES[side]}`,
    field: '',
    value: format.quantityChange(stated === 0 ? undefined : sum),
    note: since,
    formula: `sum of the changes of the ${SIDES[side]}’ open interest over all listed strikes`,
    inputs: [
      ['Measured', since],
      ['Strikes whose change is known', `${stated} of ${pairs.length}`],
    ],
    convention: `Counted in ${format.unit}. Above 0, positions were opened; below, closed.`,
  });
}

const LEVELS = {
  resistance: {
    side: 'call',
    reading:
      'Whoever wrote those calls loses above the strike: read as resistance, and as bearish. ' +
      'Open interest does not say who wrote, so it is a reading and no measurement.',
  },
  support: {
    side: 'put',
    reading:
      'Whoever wrote those puts loses below the strike: read as support, and as bullish. ' +
      'Open interest does not say who wrote, so it is a reading and no measurement.',
  },
} as const;

function level(
  name: keyof typeof LEVELS,
  { chain }: InterestSubject,
  format: ProductFormat,
): KeyFigure {
  const { side, reading } = LEVELS[name];
  const strike = chain[name];
  const legs = side === 'call' ? chain.calls : chain.puts;
  const most = legs.find((leg) => leg.strike === strike)?.open_interest;
  return keyFigure(chain, {
    name: name === 'support' ? 'Support' : 'Resistance',
    heading: name === 'support' ? 'Support by open interest' : 'Resistance by open interest',
    field: name,
    value: format.strike(strike),
    note: `most ${side} OI`,
    formula: `the strike of the greatest ${side} open interest, the lowest of several`,
    inputs: [
      [
        `${side === 'call' ? 'Call' : 'Put'} open interest there, ${format.unit}`,
        format.quantity(most),
      ],
      ['Spot', format.price(chain.spot_price)],
    ],
    convention: reading,
  });
}

function statedOf(figures: readonly Maybe<number>[]): number {
  return figures.filter((figure) => figure != null).length;
}

/** A change is of the answer that told it, which may be older than the chain. */
function sourceOf({ chain, timestamp }: InterestSubject): FigureSource {
  return timestamp == null ? chain : { timestamp, missing: [] };
}
