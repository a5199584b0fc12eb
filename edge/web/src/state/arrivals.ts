/** One chain on its way from the feed to the screen. All instants are in milliseconds. */
export interface Arrival {
  /** When the feed published it and when enrichment had finished, by the server's clock. */
  readonly publishedAt: number;
  readonly processedAt: number;
  /** When it reached this page, and when the frame that shows it was drawn, by the local clock. */
  readonly receivedAt: number;
  readonly drawnAt: number;
}

/** What arrives: of a chain, the stamps and the number. */
interface Numbered {
  readonly product: string;
  readonly published_at?: string | null;
  readonly processed_at?: string | null;
  readonly seq?: number | string;
}

/** How many milliseconds back arrivals are remembered. */
export const REMEMBERED = 60_000;

/** Never more than so many arrivals, however fast they come: the oldest go first. */
const MOST = 6_000;

/** What has arrived within the last minute, and how many updates the server has left out. */
export class Arrivals {
  /** Updates that were replaced by newer ones before they were sent, since the page was opened. */
  skipped = 0;
  /** Chains received since the page was opened. */
  received = 0;

  #arrivals: Arrival[] = [];
  #undrawn: Omit<Arrival, 'drawnAt'>[] = [];
  readonly #sequences = new Map<string, number>();

  readonly #openedAt: number;

  constructor(private readonly localNow: () => number) {
    this.#openedAt = localNow();
  }

  /** Chains drawn a second, over the last minute or since the page was opened. */
  get rate(): number {
    const elapsed = Math.min(this.localNow() - this.#openedAt, REMEMBERED);
    return this.recent().length / (elapsed / 1_000 || 1);
  }

  /** Those of the last minute, oldest first. */
  recent(): readonly Arrival[] {
    this.#forgetOld();
    return this.#arrivals;
  }

  /** Notes a chain that has just arrived; what draws it does so in the next frame. */
  note(chain: Numbered): void {
    this.received += 1;
    // A hidden page has no frames, and what waits for one says nothing about the way here.
    if (!this.#isNew(chain) || document.hidden) return;
    this.#undrawn.push({
      publishedAt: Date.parse(chain.published_at ?? ''),
      processedAt: Date.parse(chain.processed_at ?? ''),
      receivedAt: this.localNow(),
    });
    if (this.#undrawn.length === 1) afterNextFrame(this.#onDrawn);
  }

  /** Counts a product's updates from this number on. */
  expect(product: string, seq: number): void {
    this.#sequences.set(product, seq);
  }

  /** A new connection counts from the numbers that it is told. */
  forgetSequences(): void {
    this.#sequences.clear();
  }

  /**
   * Whether a chain was made since it was subscribed to, and counts what was left out before it.
   *
   * The server begins with the latest that it has: old, and with gaps that mean nothing.
   */
  #isNew({ product, seq }: Numbered): boolean {
    const number = Number(seq);
    const last = this.#sequences.get(product);
    if (last === undefined || !(number > last)) return false;
    this.skipped += number - last - 1;
    this.#sequences.set(product, number);
    return true;
  }

  readonly #onDrawn = (): void => {
    const drawnAt = this.localNow();
    for (const arrival of this.#undrawn) this.#arrivals.push({ ...arrival, drawnAt });
    this.#undrawn = [];
    if (this.#arrivals.length > MOST) this.#arrivals = this.#arrivals.slice(-MOST);
    this.#forgetOld();
  };

  #forgetOld(): void {
    const oldest = this.localNow() - REMEMBERED;
    const first = this.#arrivals.findIndex(({ drawnAt }) => drawnAt >= oldest);
    if (first !== 0) this.#arrivals = first < 0 ? [] : this.#arrivals.slice(first);
  }
}

/** Calls once the next frame has been laid out and painted. */
function afterNextFrame(call: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      call();
    };
    port2.postMessage(undefined);
  });
}
