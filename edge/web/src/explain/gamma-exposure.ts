/** The key figures of gamma exposure. */
import type { GammaExposure } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { keyFigure, spotFigure } from './figures';

/** Net exposure, the walls, the flip, and the spot that they are compared with. */
export function gammaFigures(answer: GammaExposure, format: ProductFormat): readonly KeyFigure[] {
  return [
    net(answer, format),
    flip(answer, format),
    wall('call', answer, format),
    wall('put', answer, format),
    spotFigure(answer, 'exposure', format),
  ];
}

/** What exposures are measured in; whether the size of a contract is known decides it. */
export function gammaUnit({ contract_size: size }: GammaExposure): string {
  return size == null
    ? 'In currency per 1 % move, for one unit of the underlying a contract: its size is not known.'
    : `In currency per 1 % move of the underlying; a contract is ${size} units.`;
}

function net(answer: GammaExposure, format: ProductFormat): KeyFigure {
  const { net_gamma: gamma, strikes, contract_size: size } = answer;
  const calls = strikes.reduce((sum, { call_gamma }) => sum + call_gamma, 0);
  const puts = strikes.reduce((sum, { put_gamma }) => sum + put_gamma, 0);
  return keyFigure(answer, {
    name: 'Net gamma',
    heading: 'Net gamma exposure',
    field: 'net_gamma',
    value: format.shortMoney(gamma),
    note: gamma == null ? undefined : reading(gamma),
    formula: 'Σ gamma · open interest · contract size · price² · 0.01, calls + and puts −',
    inputs: [
      ['Calls', format.shortMoney(calls)],
      ['Puts', format.shortMoney(puts)],
      ['Strikes', String(strikes.length)],
      ['Units of the underlying a contract', size == null ? MISSING : String(size)],
    ],
    convention:
      `${gammaUnit(answer)} The price is the one that gamma is of: the forward, or spot ` +
      `in the NSE convention. ${answer.assumption}`,
  });
}

/** What the sign means, for who hedges as it is assumed. */
function reading(gamma: number): string {
  if (gamma === 0) return 'hedging is neutral';
  return gamma > 0 ? 'hedging damps moves' : 'hedging feeds moves';
}

function flip(answer: GammaExposure, format: ProductFormat): KeyFigure {
  const { zero_gamma: zero, spot_price: at, profile } = answer;
  const away = zero == null || at == null ? undefined : zero / at - 1;
  return keyFigure(answer, {
    name: 'Zero gamma',
    heading: 'Zero-gamma flip',
    field: 'zero_gamma',
    value: format.price(zero),
    note: away === undefined ? undefined : `${format.percentChange(away)} from spot`,
    formula: 'the price of the underlying, nearest to spot, at which net exposure changes sign',
    inputs: [
      ['Spot', format.price(at)],
      ['Prices tried', String(profile.length)],
      ['Lowest', format.price(profile[0]?.spot_price)],
      ['Highest', format.price(profile.at(-1)?.spot_price)],
    ],
    convention:
      'Gamma is computed anew at each price; each strike keeps its volatility and its open ' +
      `interest, and time stands still. ${answer.assumption}`,
  });
}

function wall(side: 'call' | 'put', answer: GammaExposure, format: ProductFormat): KeyFigure {
  const strike = side === 'call' ? answer.call_wall : answer.put_wall;
  const there = answer.strikes.find((each) => each.strike === strike);
  const exposure = side === 'call' ? there?.call_gamma : there?.put_gamma;
  return keyFigure(answer, {
    name: side === 'call' ? 'Call wall' : 'Put wall',
    heading: side === 'call' ? 'Call wall' : 'Put wall',
    field: side === 'call' ? 'call_wall' : 'put_wall',
    value: format.strike(strike),
    note: `most ${side} gamma`,
    formula: `the strike of the greatest exposure of ${side}s, the lowest of several`,
    inputs: [
      ['Exposure there', format.shortMoney(exposure)],
      ['Spot', format.price(answer.spot_price)],
    ],
    convention: `${gammaUnit(answer)} ${answer.assumption}`,
  });
}
