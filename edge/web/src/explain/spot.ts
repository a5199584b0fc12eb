/** What stands behind the price of the underlying, and its change. */
import { MISSING } from '../format/absent';
import { moveOver, type PriceTrail } from '../state/price-trail';
import type { Explanation } from './explanation';
import { explanationOf, timeOf, reasonOf, type ChainSubject } from './subject';

/** Explains the price of the underlying: the latest tick, else what the chain states. */
export function explainSpot(trail: PriceTrail | undefined, subject: ChainSubject): Explanation {
  const { chain, format } = subject;
  const last = trail?.at(-1);
  const explanation = explanationOf(
    subject,
    `Spot price, ${chain.product}`,
    format.money(last?.price ?? chain.spot_price),
    {
      missing: reasonOf(chain, 'spot_price'),
      inputs: [
        ['Latest tick', last === undefined ? MISSING : format.money(last.price)],
        ['Its time', format.time(last?.at)],
        ['As the chain states it', format.money(chain.spot_price)],
        ['Time of the chain', timeOf(format, chain.timestamp)],
      ],
      convention:
        'The price of the underlying as the source states it. Ticks come more often than chains; the figures of a chain are computed with its own.',
    },
  );
  return last === undefined
    ? explanation
    : { ...explanation, timestamp: new Date(last.at).toISOString() };
}

/** Explains how far the price has come. */
export function explainMove(trail: PriceTrail | undefined, subject: ChainSubject): Explanation {
  const { chain, format } = subject;
  const move = trail && moveOver(trail);
  const value =
    move === undefined
      ? MISSING
      : `${format.priceChange(move.change)} (${format.percentChange(move.fraction)})`;
  return explanationOf(subject, `Change of the spot price, ${chain.product}`, value, {
    missing: 'Only one price of the underlying is known so far',
    formula: 'latest price − oldest price',
    inputs: [
      ['Latest price', format.money(trail?.at(-1)?.price)],
      ['Oldest price that this page has', format.money(trail?.[0]?.price)],
      ['Of', format.time(trail?.[0]?.at)],
    ],
    convention:
      'Over the ticks that this page has, of five minutes at most. The source states no previous close.',
  });
}
