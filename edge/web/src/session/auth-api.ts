import type { User } from '../contract/types';
import { problemOf, RequestFailed } from '../rest/problem';
import type { ClockExchange } from '../state/server-clock';

/** What signing in or renewing gives. */
export interface Grant {
  readonly token: string;
  readonly refreshToken: string;
  /** When the token ends, by the server's clock, in milliseconds. */
  readonly expiresAt: number;
  readonly user: User;
}

/** A new account. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

interface GrantAnswer {
  readonly token: string;
  readonly refresh_token: string;
  readonly expires_at?: string | null;
  readonly user?: User | null;
}

/**
 * The edge's sign-in methods. Every failure is a RequestFailed, or a TypeError where no server
 * answered. Secrets travel in bodies and headers, never in an address.
 */
export class AuthApi {
  constructor(
    private readonly origin: string,
    private readonly onExchange: (exchange: ClockExchange) => void = () => undefined,
    private readonly localNow: () => number = Date.now,
  ) {}

  async login(email: string, password: string): Promise<Grant> {
    return this.#grant('login', { email, password });
  }

  async register(registration: Registration): Promise<Grant> {
    return this.#grant('register', registration);
  }

  async refresh(refreshToken: string): Promise<Grant> {
    return this.#grant('refresh', { refresh_token: refreshToken });
  }

  async logout(refreshToken: string): Promise<void> {
    await this.#post('logout', { refresh_token: refreshToken });
  }

  async changePassword(token: string, current: string, next: string): Promise<Grant> {
    const passwords = { current_password: current, new_password: next };
    return this.#grant('password', passwords, token);
  }

  async endSessions(token: string): Promise<void> {
    await this.#post('sessions/end', {}, token);
  }

  async #grant(method: string, body: object, token?: string): Promise<Grant> {
    const answer = (await this.#post(method, body, token)) as GrantAnswer;
    if (answer.user == null) throw new TypeError('the answer names no user');
    return {
      token: answer.token,
      refreshToken: answer.refresh_token,
      expiresAt: Date.parse(answer.expires_at ?? ''),
      user: answer.user,
    };
  }

  async #post(method: string, body: object, token?: string): Promise<unknown> {
    const sentAt = this.localNow();
    const response = await fetch(new URL(`/api/auth/${method}`, this.origin), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const receivedAt = this.localNow();
    const earliest = Date.parse(response.headers.get('date') ?? '');
    this.onExchange({ sentAt, receivedAt, earliest, latest: earliest + 1000 });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const requestId = response.headers.get('x-request-id') ?? undefined;
    throw new RequestFailed(problemOf(response.status, answer, requestId));
  }
}
