import { timestampMs } from '@bufbuild/protobuf/wkt';
import {
  type Client,
  Code,
  ConnectError,
  type Interceptor,
  type Transport,
  createClient,
} from '@connectrpc/connect';

import {
  AuthService,
  type LoginResponse,
  type RefreshResponse,
} from './gen/deltastream/auth/v1/auth_service_pb.js';

const AUTH_TIMEOUT_MS = 10_000;

/** Who calls. Without any of these the mesh is read anonymously, where it allows that. */
export interface Credentials {
  email?: string | undefined;
  password?: string | undefined;
  apiKey?: string | undefined;
}

/**
 * Authorizes calls. It logs in when it must, and goes on with the refresh tokens of that login;
 * each of them works once.
 */
export class Session {
  readonly #auth: Client<typeof AuthService>;
  #accessToken: Promise<string> | undefined;
  #refreshToken = '';
  #renewAt = 0;

  constructor(
    transport: Transport,
    private readonly credentials: Credentials,
  ) {
    this.#auth = createClient(AuthService, transport);
  }

  /** Puts credentials on every call of a transport, which must not be the session's own. */
  readonly authorize: Interceptor = (next) => async (request) => {
    if (this.credentials.apiKey) {
      request.header.set('x-api-key', this.credentials.apiKey);
    } else if (this.credentials.email) {
      request.header.set('authorization', `Bearer ${await this.#token()}`);
    }
    return next(request);
  };

  /**
   * Drops an access token that was refused; returns whether another can be had. For an API key the
   * mesh gets one itself, and ends streams with it.
   */
  forget(): boolean {
    const refused = this.#accessToken;
    this.#accessToken = undefined;
    return refused !== undefined || !!this.credentials.apiKey;
  }

  /** Logs out, as far as that is possible. */
  async end(): Promise<void> {
    const refreshToken = this.#refreshToken;
    if (!refreshToken) return;
    this.#refreshToken = '';
    this.forget();
    await this.#auth.logout({ refreshToken }, { timeoutMs: AUTH_TIMEOUT_MS }).catch(() => {});
  }

  /** Calls that begin while a token is under way wait for that one. */
  #token(): Promise<string> {
    if (!this.#accessToken || Date.now() >= this.#renewAt) {
      this.#renewAt = Infinity;
      this.#accessToken = this.#renew();
      this.#accessToken.catch(() => this.forget());
    }
    return this.#accessToken;
  }

  async #renew(): Promise<string> {
    const { token, refreshToken, expiresAt } = (await this.#refresh()) ?? (await this.#login());
    const now = Date.now();
    const lifetime = expiresAt ? timestampMs(expiresAt) - now : 0;
    // A quarter of its life is for trouble in getting the next one.
    this.#renewAt = now + lifetime * 0.75;
    this.#refreshToken = refreshToken;
    return token;
  }

  async #refresh(): Promise<RefreshResponse | undefined> {
    const refreshToken = this.#refreshToken;
    if (!refreshToken) return undefined;
    try {
      return await this.#auth.refresh({ refreshToken }, { timeoutMs: AUTH_TIMEOUT_MS });
    } catch (error) {
      if (ConnectError.from(error).code !== Code.Unauthenticated) throw error;
      // The session was ended, or not used for too long.
      return undefined;
    }
  }

  #login(): Promise<LoginResponse> {
    const { email = '', password = '' } = this.credentials;
    return this.#auth.login({ email, password }, { timeoutMs: AUTH_TIMEOUT_MS });
  }
}
