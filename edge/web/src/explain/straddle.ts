/** The key figures of the at-the-money straddle, of the chain of now. */
import { bandOf, breakEvens, type Band } from '../charts/expected-move';
import type { KeyFigure } from '../elements/key-figures';
import { MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { explainChain, type ChainFigure } from './chain-figures';
import { keyFigure } from './figures';
import { basisName, type ChainSubject } from './subject';

/** The straddle, the moves that it and the volatility stand for, and the prices they reach. */
export function straddleFigures(subject: ChainSubject): readonly KeyFigure[] {
  const { chain, format } = subject;
  return [
    chainFigure(
      'Straddle',
      'atm_straddle_price',
      subject,
      `at ${format.strike(chain.atm_strike)}, ${basisName(chain.atm_straddle_basis) ?? 'of unstated prices'}`,
    ),
    chainFigure('Expected move', 'expected_move', subject, `1σ, ${partOfSpot(subject)}`),
    streetMove(subject),
    expectedRange(subject),
    breakEvenFigure(subject),
    chainFigure('ATM IV', 'atm_iv', subject, 'a year'),
  ];
}

function chainFigure(
  name: string,
  figure: ChainFigure,
  subject: ChainSubject,
  note: string,
): KeyFigure {
  const explanation = explainChain(figure, subject);
  return { name, value: explanation.value, note: explanation.missing ?? note, explanation };
}

function partOfSpot({ chain, format }: ChainSubject): string {
  const { expected_move: move, spot_price: spot } = chain;
  return `${format.percent(move == null || spot == null ? undefined : move / spot)} of spot`;
}

function streetMove({ chain, format }: ChainSubject): KeyFigure {
  return keyFigure(chain, {
    name: 'Street’s move',
    heading: 'Expected move by the street’s rule',
    field: 'expected_move_straddle',
    value: format.price(chain.expected_move_straddle),
    note: '0.85 · straddle',
    formula: '0.85 · straddle at the money',
    inputs: [
      ['Straddle', format.price(chain.atm_straddle_price)],
      ['Expected move, 1σ', format.price(chain.expected_move)],
    ],
    convention:
      'A rule of thumb. A straddle is worth about 0.8 of one standard deviation, so 0.85 of it ' +
      'is less than 1σ: about two thirds.',
  });
}

function expectedRange({ chain, format }: ChainSubject): KeyFigure {
  const { spot_price: spot, expected_move: move } = chain;
  return keyFigure(chain, {
    name: 'Range to expiry',
    heading: 'Expected range to expiry',
    field: move == null ? 'expected_move' : 'spot_price',
    value: bandText(bandOf(spot, move), format),
    note: 'spot ± 1σ',
    formula: 'spot − expected move to spot + expected move',
    inputs: [
      ['Spot', format.price(spot)],
      ['Expected move', format.price(move)],
    ],
    convention:
      'If the logarithm of the price were normal with the volatility at the money, it would end ' +
      'within the range about 68 times in 100.',
  });
}

function breakEvenFigure({ chain, format }: ChainSubject): KeyFigure {
  return keyFigure(chain, {
    name: 'Break-even',
    heading: 'Break-even prices of the straddle',
    field: chain.atm_strike == null ? 'atm_strike' : 'atm_straddle_price',
    value: bandText(breakEvens(chain), format),
    note: 'strike ± straddle',
    formula: 'strike − straddle and strike + straddle',
    inputs: [
      ['Strike', format.strike(chain.atm_strike)],
      ['Straddle', format.price(chain.atm_straddle_price)],
    ],
    convention: 'At expiry, without fees: beyond either price who bought the straddle gains.',
  });
}

/** Prices that are large need no cents where two stand together. */
function bandText(band: Band | undefined, { strike, price }: ProductFormat): string {
  if (band === undefined) return MISSING;
  const isLarge = band.low >= 1_000;
  const [low, high] = [band.low, band.high].map((each) =>
    isLarge ? strike(Math.round(each)) : price(each),
  );
  return `${low} – ${high}`;
}
