import type {
  EnrichedChain,
  FeedStatus,
  ListChainsResponse,
  ListExpiriesResponse,
  ListProductsResponse,
  ListTicksResponse,
  UnderlyingTick,
} from '../contract/types';
import type { Credentials } from '../session/credentials';
import type { ClockExchange } from '../state/server-clock';
import { problemOf, RequestFailed } from './problem';
import { addressOf, type Answer, type Read, type ReadPath } from './read';

/** The HTTP status of who has no credentials, or none that count. */
const UNAUTHORIZED = 401;

/** What the requests need from outside. */
export interface MarketApiOptions {
  /** Origin of the edge, such as "http://localhost:8000". */
  readonly origin: string;
  /** As whom to ask, at every request. */
  readonly credentials: () => Credentials;
  /** Now by this computer's clock, in milliseconds. */
  readonly localNow: () => number;
  /** Told what an answer says of the server's clock. */
  readonly onExchange: (exchange: ClockExchange) => void;
}

/**
 * The edge's REST reads, typed by the contract. A failure is a RequestFailed where the server told
 * of it, and otherwise whatever `fetch` says of an answer that does not come, or breaks off.
 */
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

  /** The state of the feed, which also says exactly what its clock shows. */
  async feedStatus(signal: AbortSignal): Promise<FeedStatus> {
    const { answer, sentAt, receivedAt } = await this.#ask<FeedStatus>('/api/feed/status', signal);
    const instant = feedClockOf(answer);
    this.options.onExchange({ sentAt, receivedAt, earliest: instant, latest: instant });
    return answer;
  }

  async #get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
    return (await this.#ask<Answer>(path, signal)).answer;
  }

  async #ask<Answer>(path: string, signal: AbortSignal): Promise<Timed<Answer>> {
    const credentials = this.options.credentials();
    const token = await credentials.token();
    let { response, ...times } = await this.#fetch(path, token, signal);
    // Once: a second refusal is no matter of time.
    if (response.status === UNAUTHORIZED && (await credentials.renew(token))) {
      ({ response, ...times } = await this.#fetch(path, await credentials.token(), signal));
    }
    return { answer: await readAnswer<Answer>(response), ...times };
  }

  async #fetch(
    path: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<TimedResponse> {
    const sentAt = this.options.localNow();
    const response = await fetch(new URL(path, this.options.origin), {
      signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const receivedAt = this.options.localNow();
    // The header is cut off to the second.
    const earliest = Date.parse(response.headers.get('date') ?? '');
    this.options.onExchange({ sentAt, receivedAt, earliest, latest: earliest + 1000 });
    return { response, sentAt, receivedAt };
  }
}

interface Times {
  readonly sentAt: number;
  readonly receivedAt: number;
}

type Timed<Answer> = Times & { readonly answer: Answer };
type TimedResponse = Times & { readonly response: Response };

/**
 * What the feed's clock showed when it answered, in milliseconds; NaN before its first event.
 *
 * A sequence is the microsecond at which an event was published, and the age counts from there.
 */
export function feedClockOf({ products }: Pick<FeedStatus, 'products'>): number {
  const newest = products.find(({ age }) => age != null);
  return Number(newest?.last_sequence) / 1000 + parseFloat(newest?.age ?? '') * 1000;
}

async function readAnswer<Answer>(response: Response): Promise<Answer> {
  if (response.ok) return (await response.json()) as Answer;
  const body: unknown = await response.json().catch(() => undefined);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  throw new RequestFailed(problemOf(response.status, body, requestId));
}
