import type {
  EnrichedChain,
  FeedStatus,
  ListChainsResponse,
  ListExpiriesResponse,
  ListProductsResponse,
  ListTicksResponse,
  UnderlyingTick,
} from '../contract/types';
import { problemOf, RequestFailed } from './problem';
import { addressOf, type Answer, type Read, type ReadPath } from './read';

/** What the requests need from outside. */
export interface MarketApiOptions {
  /** Origin of the edge, such as "http://localhost:8000". */
  readonly origin: string;
  /** The access token of who is signed in, asked for at every request. */
  readonly token: () => string | undefined;
  /** Told the server's wall clock, in milliseconds, whenever an answer states it. */
  readonly onServerTime: (instant: number) => void;
}

/** The edge's REST reads, typed by the contract. Every failure is a RequestFailed or a TypeError. */
export class MarketApi {
  constructor(private readonly options: MarketApiOptions) {}

  async products(signal: AbortSignal): Promise<ListProductsResponse> {
    return this.#get('/api/data/products', signal);
  }

  async expiries(product: string, signal: AbortSignal): Promise<readonly string[]> {
    const path = `/api/data/expiries/${encodeURIComponent(product)}`;
    return (await this.#get<ListExpiriesResponse>(path, signal)).expiries;
  }

  /** The newest chain of an expiry; absent where none is stored. */
  async latestChain(
    product: string,
    expiry: string,
    signal: AbortSignal,
  ): Promise<EnrichedChain | undefined> {
    const path = `/api/data/chain/${encodeURIComponent(product)}/${expiry}?page_size=1`;
    return (await this.#get<ListChainsResponse>(path, signal)).chains[0];
  }

  /** Prices of an underlying, newest first. */
  async ticks(
    product: string,
    count: number,
    signal: AbortSignal,
  ): Promise<readonly UnderlyingTick[]> {
    const path = `/api/data/underlying/${encodeURIComponent(product)}?page_size=${count}`;
    return (await this.#get<ListTicksResponse>(path, signal)).ticks;
  }

  /** Any read of the contract. */
  async read<Path extends ReadPath>(read: Read<Path>, signal: AbortSignal): Promise<Answer<Path>> {
    return this.#get(addressOf(read), signal);
  }

  async feedStatus(signal: AbortSignal): Promise<FeedStatus> {
    return this.#get('/api/feed/status', signal);
  }

  async #get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
    const token = this.options.token();
    const response = await fetch(new URL(path, this.options.origin), {
      signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    this.#noteServerTime(response);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const requestId = response.headers.get('x-request-id') ?? undefined;
      throw new RequestFailed(problemOf(response.status, body, requestId));
    }
    return body as Answer;
  }

  #noteServerTime(response: Response): void {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.options.onServerTime(date);
  }
}
