/** The facts of the system screen that are one line each. */
import type { EnrichmentStatus, FeedStatus, MarketSession, SourceKind } from '../contract/types';
import { MISSING } from '../format/absent';
import { milliseconds, signedMilliseconds } from '../format/durations';
import type { Market } from '../market';
import type { Connection } from '../state/connection';
import type { Loadable } from '../state/loadable';

/** A fact: its name, its value, and what to know of it. */
export type Line = readonly [name: string, value: string, title?: string | undefined];

const KINDS: Readonly<Record<SourceKind, string>> = {
  SOURCE_KIND_UNSPECIFIED: 'not stated',
  SOURCE_KIND_SYNTHETIC: 'Simulated market',
  SOURCE_KIND_REPLAY: 'Replay of captured data',
  SOURCE_KIND_LIVE: 'Live market',
};

const SESSIONS: Readonly<Record<MarketSession, string>> = {
  MARKET_SESSION_UNSPECIFIED: 'not known',
  MARKET_SESSION_OPEN: 'open',
  MARKET_SESSION_CLOSED: 'closed',
  MARKET_SESSION_PRE_OPEN: 'about to open',
};

/** A session in a word; one newer than this page reads as not known. */
export function sessionWord(session: string): string {
  return Object.entries(SESSIONS).find(([name]) => name === session)?.[1] ?? 'not known';
}

/** Where the data comes from. */
export function sourceLines(
  feed: Loadable<FeedStatus>,
  enrichment: EnrichmentStatus | undefined,
): readonly Line[] {
  if (feed.state === 'failed') return [['Feed', feed.problem.message]];
  if (feed.state !== 'ready') return [['Feed', MISSING]];
  const { source, description, session, products, skipped, exhausted } = feed.value;
  const refused = skipped.reduce((sum, { count }) => sum + Number(count), 0);
  const example = skipped[0] && `${skipped[0].reason}: ${skipped[0].example}`;
  return [
    ['Kind', KINDS[source]],
    ['Source', description],
    ['Market', exhausted ? 'the replay has ended' : sessionWord(session)],
    ['Products', String(products.length)],
    ['Refused records', String(refused), example],
    ['Enriched by', replicasText(enrichment)],
  ];
}

/** The replicas of enrichment that live. */
function replicasText(enrichment: EnrichmentStatus | undefined): string {
  if (enrichment === undefined) return MISSING;
  const { replicas } = enrichment;
  return replicas.length === 0 ? 'no replica' : replicas.join(', ');
}

const PHASES: Readonly<Record<Connection['phase'], string>> = {
  connecting: 'connecting',
  live: 'live, by Socket.IO',
  reconnecting: 'lost, connecting again',
  refused: 'refused by the server',
};

/** What this page knows of its connection. */
export function connectionLines({ state, clock, arrivals }: Market): readonly Line[] {
  const connection = state.connection.value;
  const isLocked = state.locked.value !== undefined;
  const phase = isLocked ? 'signed out' : PHASES[connection.phase];
  const why = connection.phase === 'refused' ? connection.message : undefined;
  const isBounded = Number.isFinite(clock.uncertainty);
  return [
    ['Connection', phase, why],
    ['Chains received', String(arrivals.received), 'Since this page was opened.'],
    ['Chains a second', arrivals.rate.toFixed(1), 'Drawn within the last minute.'],
    [
      'Left out by the server',
      String(arrivals.skipped),
      'Updates that were replaced by newer ones before this page could take them, by the gaps in their numbers.',
    ],
    [
      'This clock is ahead by',
      signedMilliseconds(isBounded ? clock.offset : undefined),
      'Of the server’s clock. Ages and latencies are corrected by it.',
    ],
    [
      'Known to within',
      isBounded ? `± ${milliseconds(clock.uncertainty)}` : MISSING,
      'The server reads its clock between the sending of a request and the arrival of its answer; what is within the bounds of the last twelve answers is believed.',
    ],
  ];
}
