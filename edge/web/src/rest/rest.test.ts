import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MarketApi } from './market-api';
import { problemFrom, RequestFailed, type Problem } from './problem';
import { untilAnswered } from './retry';

const never = new AbortController().signal;

describe('MarketApi', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let token: string | undefined;
  let api: MarketApi;
  const serverTimes: number[] = [];

  beforeEach(async () => {
    token = undefined;
    server = createServer((request, response) => {
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    api = new MarketApi({
      origin: `http://127.0.0.1:${port}`,
      token: () => token,
      onServerTime: (instant) => serverTimes.push(instant),
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
    token = 'abc';
    await api.expiries('NIFTY', never);
    expect(seen).toEqual([undefined, 'Bearer abc']);
  });

  it('tells the time of the server', async () => {
    answerWith(200, '{"products":[],"details":[]}');
    await api.products(never);
    expect(Math.abs((serverTimes.at(-1) ?? 0) - Date.now())).toBeLessThan(60_000);
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

  it('ends at once when nobody wants the answer any more', async () => {
    const left = new AbortController();
    const ask = (): Promise<string> => Promise.reject(temporary);
    const answer = untilAnswered(ask, left.signal, () => {
      left.abort();
    });
    expect(await answer).toBeUndefined();
  });
});
