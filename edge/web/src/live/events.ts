/** The Socket.IO events, made of the contract's own messages. */
import type { EnrichedChain, UnderlyingTick } from '../contract/types';

/** Updates are numbered within their room. */
interface Numbered {
  readonly seq?: number | string;
}

export type UnderlyingUpdate = Pick<UnderlyingTick, 'product' | 'price' | 'timestamp'> & Numbered;

export type ChainSummary = Pick<
  EnrichedChain,
  | 'product'
  | 'expiry'
  | 'spot_price'
  | 'pcr_oi'
  | 'pcr_volume'
  | 'atm_straddle_price'
  | 'max_pain_strike'
  | 'timestamp'
> &
  Numbered;

export type ChainUpdate = EnrichedChain & Numbered;

/** What a client can follow: a product's prices and summaries, or its whole chains. */
export interface Subject {
  readonly type: 'product' | 'chain';
  readonly symbol: string;
}

/** The server's answer to a request; `error` says why it was refused. */
export interface Acknowledgement {
  readonly ok: boolean;
  /** The number of the newest update of what was subscribed to. */
  readonly seq?: number;
  readonly error?: { readonly reason: string; readonly message: string };
}

export interface ServerEvents {
  underlying_update: (update: UnderlyingUpdate) => void;
  chain_summary: (summary: ChainSummary) => void;
  chain_update: (chain: ChainUpdate) => void;
}

export interface ClientEvents {
  subscribe: (subject: Subject, acknowledge: (answer: Acknowledgement) => void) => void;
  authenticate: (
    credentials: { readonly token: string },
    acknowledge: (answer: Acknowledgement) => void,
  ) => void;
  unsubscribe: (subject: Subject, acknowledge: (answer: Acknowledgement) => void) => void;
}
