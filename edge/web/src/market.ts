import { MarketSession } from './market-session';
import { MarketApi } from './rest/market-api';
import { Watches } from './rest/watches';
import { VISITOR, type Credentials } from './session/credentials';
import { Arrivals } from './state/arrivals';
import { MarketState } from './state/market-state';
import { ServerClock } from './state/server-clock';

/**
 * The market as one edge tells it.
 *
 * Screens hold it while they are on the page: it connects for the first of them and disconnects
 * after the last. What is known stays.
 */
export class Market {
  readonly state = new MarketState();
  readonly clock = new ServerClock(localNow);
  readonly arrivals = new Arrivals(localNow);

  /** What screens read beside the live chains. */
  readonly watches: Watches;

  readonly #api: MarketApi;
  #holders = 0;
  #session: MarketSession | undefined;
  #credentials = VISITOR;
  #unlocked = closedDoor();

  constructor(readonly origin: string) {
    this.#api = new MarketApi({
      origin,
      credentials: () => this.#credentials,
      localNow,
      onExchange: (exchange) => {
        this.clock.observe(exchange);
      },
    });
    this.watches = new Watches(this.#api);
  }

  /** As whom the page reads. */
  get credentials(): Credentials {
    return this.#credentials;
  }

  set credentials(credentials: Credentials) {
    this.#credentials = credentials;
    this.credentialsChanged();
  }

  /** Ends with the next change of credentials. */
  get unlocked(): Promise<void> {
    return this.#unlocked.opened;
  }

  /** Asks again as who somebody is now: for what was refused, and for what was another's to see. */
  credentialsChanged(): void {
    this.state.locked.value = undefined;
    this.#unlocked.open();
    this.#unlocked = closedDoor();
    this.#session?.authenticate();
    this.watches.askAgain();
  }

  /** Keeps the market connected until the returned function is called. */
  hold(): () => void {
    this.#holders += 1;
    this.#session ??= new MarketSession(this, this.#api);
    return once(() => {
      this.#holders -= 1;
      // An element that is moved within the page lets go and takes hold again at once.
      queueMicrotask(() => {
        if (this.#holders === 0) this.#disconnect();
      });
    });
  }

  /**
   * Follows all expiries of a product until the returned function is called.
   *
   * Only for holders: without a session there is nothing to follow with.
   */
  follow(product: string): () => void {
    return this.#connected().follow(product);
  }

  /** Fetches the stored chain of an expiry, until it is there or the returned function is called. */
  fetchChain(product: string, expiry: string): () => void {
    return this.#connected().fetchChain(product, expiry);
  }

  #connected(): MarketSession {
    if (this.#session === undefined) throw new Error('the market is used by nobody who holds it');
    return this.#session;
  }

  #disconnect(): void {
    this.#session?.end();
    this.#session = undefined;
  }
}

/** This computer's clock, finer than Date tells it. */
function localNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A promise, and what fulfils it. */
interface Door {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function closedDoor(): Door {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

const markets = new Map<string, Market>();

/** The one market of a server, shared by all elements of a page that show it. */
export function marketAt(server: string): Market {
  const { origin } = new URL(server);
  const market = markets.get(origin) ?? new Market(origin);
  markets.set(origin, market);
  return market;
}
