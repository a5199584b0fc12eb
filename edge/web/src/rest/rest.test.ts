import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { credentialsOf, VISITOR, type Credentials } from '../session/credentials';
import type { ClockExchange } from '../state/server-clock';
import { MarketApi } from './market-api';
import { problemFrom, RequestFailed, type Problem } from './problem';
import { untilAnswered } from './retry';

const never = new AbortController().signal;

describe('MarketApi', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let credentials: Credentials;
  let api: MarketApi;
  const exchanges: ClockExchange[] = [];

  beforeEach(async () => {
    credentials = VISITOR;
    exchanges.length = 0;
    server = createServer((request, response) => {
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    api = new MarketApi({
      origin: `http://127.0.0.1:${port}`,
      credentials: () => credentials,
      localNow: () => 1_000,
      onExchange: (exchange) => exchanges.push(exchange),
    });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function answerWith(status: number, body: string): void {
    answer = (_request, response) => {
      const headers = { 'content-type': 'application/json', 'x-request-id': '4bf92f' };
      response.writeHead(status, headers).end(body);
    };
  }

  it('asks for the newest chain of an expiry, with the product as a path segment', async () => {
    let asked: string | undefined;
    answer = (request, response) => {
      asked = request.url;
      response.end('{"product":"M&M","count":0,"chains":[],"next_page_token":""}');
    };
    expect(await api.latestChain('M&M/X', '2025-08-07', never)).toBeUndefined();
    expect(asked).toBe('/api/data/chain/M%26M%2FX/2025-08-07?page_size=1');
  });

  it('sends the token of who is signed in, and none for a visitor', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"product":"NIFTY","expiries":[]}');
    };
    await api.expiries('NIFTY', never);
    credentials = credentialsOf(() => 'abc');
    await api.expiries('NIFTY', never);
    expect(seen).toEqual([undefined, 'Bearer abc']);
  });

  it('asks once more with another token, and no more than once', async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end('{}');
    };
    let token = 'old';
    const renewed: (string | undefined)[] = [];
    credentials = {
      token: () => Promise.resolve(token),
      renew: (refused) => {
        renewed.push(refused);
        token = 'new';
        return Promise.resolve(true);
      },
    };
    await expect(api.expiries('NIFTY', never)).rejects.toBeInstanceOf(RequestFailed);
    expect(seen).toEqual(['Bearer old', 'Bearer new']);
    expect(renewed).toEqual(['old']);
  });

  it('tells between which seconds the clock of the server was', async () => {
    answerWith(200, '{"products":[],"details":[]}');
    await api.products(never);
    const [{ sentAt, receivedAt, earliest, latest } = expect.fail('none')] = exchanges;
    expect([sentAt, receivedAt, latest - earliest]).toEqual([1_000, 1_000, 1_000]);
    expect(Math.abs(earliest - Date.now())).toBeLessThan(60_000);
  });

  it('tells to the microsecond what the clock of the feed was', async () => {
    const products = [{ product: {} }, { last_sequence: '1795296068100618', age: '0.012936s' }];
    answerWith(200, JSON.stringify({ products }));
    await api.feedStatus(never);
    expect(exchanges.at(-1)?.earliest).toBeCloseTo(1_795_296_068_113.554, 2);
    expect(exchanges.at(-1)?.latest).toBe(exchanges.at(-1)?.earliest);
  });

  it('reads which field breaks which rule, and how long to wait', async () => {
    const violation = { field: 'password', description: 'must be at least 8 bytes', reason: '' };
    const details = [
      { reason: 'TOO_MANY_ATTEMPTS' },
      { field_violations: [violation] },
      { retry_delay: '2.5s' },
    ];
    answerWith(429, JSON.stringify({ code: 8, message: 'Wait.', details }));
    const failure = await api.feedStatus(never).catch((thrown: unknown) => thrown);
    expect(problemFrom(failure)).toMatchObject({ retryAfter: 2_500, fields: [violation] });
  });

  it('reads an error of the contract', async () => {
    answerWith(
      404,
      JSON.stringify({
        code: 5,
        message: 'No product named NIFTI is known.',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'PRODUCT_NOT_FOUND' },
        ],
      }),
    );
    const failure = await api.expiries('NIFTI', never).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(RequestFailed);
    expect(problemFrom(failure)).toEqual({
      message: 'No product named NIFTI is known.',
      reason: 'PRODUCT_NOT_FOUND',
      requestId: '4bf92f',
      temporary: true,
    });
  });

  it('takes an answer that breaks off for none', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"product":"NIFTY",');
      response.destroy();
    };
    const failure = await api.expiries('NIFTY', never).catch((thrown: unknown) => thrown);
    expect(problemFrom(failure)).toMatchObject({ temporary: true });
  });

  it('takes half an answer that nobody wants any more for none', async () => {
    const left = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200).write('{"product":"NIFTY",', () => {
        setTimeout(() => {
          left.abort();
        }, 50);
      });
    };
    const read = { path: '/api/data/expiries/{product}', variables: { product: 'NIFTY' } } as const;
    await expect(api.read(read, left.signal)).rejects.toThrow('aborted');
  });

  it.each([
    [502, '<html>Bad gateway</html>', true],
    [403, '', false],
    [400, '[]', false],
  ])('makes sense of status %d with the body %j', async (status, body, temporary) => {
    answerWith(status, body);
    const failure = await api.feedStatus(never).catch((thrown: unknown) => thrown);
    expect(problemFrom(failure)).toMatchObject({
      message: `The server answered with HTTP status ${status}.`,
      temporary,
    });
  });
});

describe('problemFrom', () => {
  it('says of a broken connection that the server cannot be reached', () => {
    expect(problemFrom(new TypeError('fetch failed')).message).toBe(
      'The server cannot be reached.',
    );
  });
});

describe('untilAnswered', () => {
  const temporary = new RequestFailed({ message: 'Later.', temporary: true });

  it('asks again after a temporary failure, and tells of it', async () => {
    const problems: Problem[] = [];
    let asked = 0;
    const ask = (): Promise<string> => {
      asked += 1;
      return asked < 2 ? Promise.reject(temporary) : Promise.resolve('answer');
    };
    expect(await untilAnswered(ask, never, (problem) => problems.push(problem))).toBe('answer');
    expect(problems).toEqual([temporary.problem]);
  });

  it('asks no more when asking again cannot help', async () => {
    const problems: Problem[] = [];
    const lasting = new RequestFailed({ message: 'Sign in first.', temporary: false });
    const ask = (): Promise<string> => Promise.reject(lasting);
    expect(await untilAnswered(ask, never, (problem) => problems.push(problem))).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  it('asks again as soon as there are other credentials', async () => {
    const locked = new RequestFailed({
      message: 'Sign in.',
      reason: 'CREDENTIALS_MISSING',
      temporary: false,
    });
    let signIn = (): void => undefined;
    const unlocked = new Promise<void>((resolve) => {
      signIn = resolve;
    });
    let isSignedIn = false;
    const ask = (): Promise<string> =>
      isSignedIn ? Promise.resolve('answer') : Promise.reject(locked);
    const answer = untilAnswered(
      ask,
      never,
      () => {
        isSignedIn = true;
        signIn();
      },
      () => unlocked,
    );
    expect(await answer).toBe('answer');
  });

  it('ends at once when nobody wants the answer any more', async () => {
    const left = new AbortController();
    const ask = (): Promise<string> => Promise.reject(temporary);
    const answer = untilAnswered(ask, left.signal, () => {
      left.abort();
    });
    expect(await answer).toBeUndefined();
  });
});
