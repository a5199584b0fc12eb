import { describe, expect, it } from 'vitest';

import { tableCsv } from '../charts/csv';
import { chain, leg } from '../testing/chains';
import { ladderTable } from './chain-table';
import { buildLadder } from './ladder';

const LADDER = buildLadder(
  chain({
    calls: [
      leg(24_600, {
        open_interest: 1234567,
        change_in_open_interest: -50.5,
        last: 110.4,
        iv: 0.1306,
        buildup: 'BUILDUP_SHORT_COVERING',
      }),
    ],
    puts: [leg(24_600, { open_interest: 2469134, last: 0.05 }), leg(24_650, { bid: 7 })],
  }),
);

describe('a chain as CSV', () => {
  const [head = '', first = '', second = ''] = tableCsv(ladderTable(LADDER, 'price')).split('\r\n');

  it('has every column of the mode under the names of the contract, mirrored', () => {
    expect(head).toBe(
      'call_open_interest,call_change_in_open_interest,call_buildup,call_volume,call_bid,' +
        'call_ask,call_last,call_iv,strike,pcr_oi,put_iv,put_last,put_ask,put_bid,put_volume,' +
        'put_buildup,put_change_in_open_interest,put_open_interest',
    );
  });

  it('has the figures as they came, and nothing where there is none', () => {
    expect(first).toBe('1234567,-50.5,SHORT_COVERING,,,,110.4,0.1306,24600,2,,0.05,,,,,,2469134');
  });

  it('has an empty side where nothing is listed', () => {
    expect(second).toBe(',,,,,,,,24650,,,,,7,,,,');
  });

  it('has the Greeks where they are shown', () => {
    const { columns } = ladderTable(LADDER, 'greeks');
    expect(columns.map(({ heading }) => heading)).toContain('put_charm');
    expect(columns).toHaveLength(34);
  });
});
