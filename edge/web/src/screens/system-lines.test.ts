import { describe, expect, it } from 'vitest';

import type { EnrichmentStatus, FeedStatus } from '../contract/types';
import { Market } from '../market';
import { ready } from '../state/loadable';
import { connectionLines, sessionWord, sourceLines } from './system-lines';

const FEED: FeedStatus = {
  source: 'SOURCE_KIND_REPLAY',
  description: 'replay of 2 files',
  session: 'MARKET_SESSION_OPEN',
  products: [],
  skipped: [
    { reason: 'strike is not positive', count: '3', example: 'a.csv:7' },
    { reason: 'no expiry', count: '2', example: 'b.csv:1' },
  ],
  exhausted: false,
  notices: [],
};

describe('what the system screen says of the source', () => {
  it('is its kind, its name and what it refused, with an example', () => {
    const lines = sourceLines(ready(FEED), undefined);
    expect(lines).toContainEqual(['Kind', 'Replay of captured data']);
    expect(lines).toContainEqual(['Refused records', '5', 'strike is not positive: a.csv:7']);
  });

  it('is that a replay has ended, whatever the session was', () => {
    const lines = sourceLines(ready({ ...FEED, exhausted: true }), undefined);
    expect(lines).toContainEqual(['Market', 'the replay has ended']);
  });

  it('is why it is not known', () => {
    const problem = { message: 'The server cannot be reached.', temporary: true };
    expect(sourceLines({ state: 'failed', problem }, undefined)).toEqual([
      ['Feed', 'The server cannot be reached.'],
    ]);
  });

  it.each([
    [[], 'no replica'],
    [['a', 'b'], 'a, b'],
  ])('tells which replicas enrich: %j', (replicas, text) => {
    const enrichment: EnrichmentStatus = { replicas, products: [], dead_letters: '0' };
    expect(sourceLines(ready(FEED), enrichment)).toContainEqual(['Enriched by', text]);
  });

  it('reads a session that is newer than this page as not known', () => {
    expect(sessionWord('MARKET_SESSION_LUNCH')).toBe('not known');
  });
});

describe('what it says of the connection', () => {
  it('is why the server refuses this page, and no offset before one is known', () => {
    const market = new Market('http://edge.example');
    market.state.connection.value = { phase: 'refused', message: 'Too many sessions.' };
    const lines = connectionLines(market);
    expect(lines).toContainEqual(['Connection', 'refused by the server', 'Too many sessions.']);
    expect(lines.find(([name]) => name === 'This clock is ahead by')?.[1]).toBe('–');
  });

  it('is how far the clocks are apart, and how well that is known', () => {
    const market = new Market('http://edge.example');
    market.clock.observe({ sentAt: 1_000, receivedAt: 1_008, earliest: 4, latest: 4 });
    const values = new Map(connectionLines(market).map(([name, value]) => [name, value]));
    expect(values.get('This clock is ahead by')).toBe('+1,000 ms');
    expect(values.get('Known to within')).toBe('± 4.0 ms');
  });

  it('is that somebody has to sign in', () => {
    const market = new Market('http://edge.example');
    market.state.locked.value = { message: 'Sign in.', temporary: false };
    expect(connectionLines(market)).toContainEqual(['Connection', 'signed out', undefined]);
  });
});
