/** A stand-in for auth that holds to its contract: short tokens, rotation, reuse ends a session. */
import type { IncomingMessage, ServerResponse } from 'node:http';

interface Account {
  readonly password: string;
  readonly user: Readonly<Record<'id' | 'email' | 'name', string>> & { readonly roles: string[] };
}

interface Chain {
  readonly account: Account;
  current: string;
  ended: boolean;
}

export class FakeAuth {
  /** For how many milliseconds an access token is valid. */
  lifetime = 600_000;
  /** What each method was asked for, oldest first: "refresh r1". */
  readonly requests: string[] = [];
  /** The HTTP status of every answer; absent answers truly. */
  away: number | undefined;

  readonly #accounts = new Map<string, Account>();
  readonly #sessions = new Map<string, Chain>();
  readonly #tokens = new Map<string, { readonly chain: Chain; readonly expiresAt: number }>();
  #issued = 0;

  /** Whether a request carries a token that counts. */
  admits(token: string | undefined): boolean {
    const found = this.#tokens.get(token ?? '');
    return found !== undefined && !found.chain.ended && Date.now() < found.expiresAt;
  }

  /** Ends all sessions, as an administrator does. */
  endAll(): void {
    for (const chain of this.#sessions.values()) chain.ended = true;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>;
    const method = (request.url ?? '').replace('/api/auth/', '');
    this.requests.push(`${method} ${body.refresh_token ?? body.email ?? ''}`.trim());
    const [status, answer] = this.away === undefined ? this.#answer(method, body) : [this.away, {}];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #answer(method: string, body: Readonly<Record<string, string>>): [number, object] {
    switch (method) {
      case 'register':
        return this.#register(body);
      case 'login': {
        const account = this.#accounts.get(body.email ?? '');
        if (account?.password !== body.password || account === undefined) return INVALID;
        return [200, this.#open(account)];
      }
      case 'refresh':
        return this.#refresh(body.refresh_token ?? '');
      case 'logout': {
        const chain = this.#sessions.get(body.refresh_token ?? '');
        if (chain !== undefined) chain.ended = true;
        return [200, {}];
      }
      default:
        return [404, {}];
    }
  }

  #register({
    email = '',
    password = '',
    name = '',
  }: Readonly<Record<string, string>>): [number, object] {
    if (this.#accounts.has(email)) return refusal(409, 'EMAIL_TAKEN');
    const user = { id: email, email, name, roles: ['reader'] };
    const account = { password, user };
    this.#accounts.set(email, account);
    return [200, this.#open(account)];
  }

  #refresh(refreshToken: string): [number, object] {
    const chain = this.#sessions.get(refreshToken);
    if (chain === undefined || chain.ended) return INVALID;
    if (chain.current !== refreshToken) {
      chain.ended = true;
      return INVALID;
    }
    return [200, this.#grant(chain)];
  }

  #open(account: Account): object {
    return this.#grant({ account, current: '', ended: false });
  }

  #grant(chain: Chain): object {
    this.#issued += 1;
    chain.current = `r${this.#issued}`;
    this.#sessions.set(chain.current, chain);
    const token = `a${this.#issued}`;
    const expiresAt = Date.now() + this.lifetime;
    this.#tokens.set(token, { chain, expiresAt });
    return {
      token,
      refresh_token: chain.current,
      expires_at: new Date(expiresAt).toISOString(),
      user: chain.account.user,
    };
  }
}

function refusal(status: number, reason: string): [number, object] {
  return [status, { code: 16, message: `Refused: ${reason}.`, details: [{ reason }] }];
}

const INVALID = refusal(401, 'CREDENTIALS_INVALID');

/** The answer to who has no token. */
export const MISSING = refusal(401, 'CREDENTIALS_MISSING');
