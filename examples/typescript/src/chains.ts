import { setTimeout as sleep } from 'node:timers/promises';

import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { type Client, Code, ConnectError } from '@connectrpc/connect';

import type {
  EnrichmentService,
  StreamChainsRequestSchema,
  StreamChainsResponse,
} from './gen/deltastream/enrichment/v1/enrichment_service_pb.js';
import { Patience, describe, retryDelay } from './patience.js';
import type { Session } from './session.js';

type Mesh = Client<typeof EnrichmentService>;
type Request = MessageInitShape<typeof StreamChainsRequestSchema>;

const DEFAULT_HEARTBEAT_MS = 5_000;
const MISSED_HEARTBEATS = 3;

/**
 * Yields the frames of StreamChains across any number of connections. Whatever ends one, the next
 * goes on exactly after the last frame. Throws only what no further try would change.
 */
export async function* follow(
  mesh: Mesh,
  session: Session,
  request: Request,
): AsyncGenerator<StreamChainsResponse> {
  const patience = new Patience(session);
  let { resumeToken = '' } = request;
  for (;;) {
    let asked = 0;
    let trouble = 'the server ended the stream';
    try {
      for await (const response of connection(mesh, { ...request, resumeToken })) {
        const { frame } = response;
        if (frame.case !== 'started') patience.recovered();
        resumeToken = response.resumeToken || resumeToken;
        yield response;
        if (frame.case === 'goAway' && frame.value.reconnectAfter) {
          asked = durationMs(frame.value.reconnectAfter);
        }
      }
    } catch (failure) {
      if (!(failure instanceof ConnectError) || !patience.allows(failure)) throw failure;
      asked = retryDelay(failure);
      trouble = describe(failure);
    }
    const pause = patience.pause(asked);
    console.error(`connecting again in ${Math.round(pause)} ms: ${trouble}`);
    await sleep(pause);
  }
}

/** Yields the frames of one call, to its end. */
async function* connection(mesh: Mesh, request: Request): AsyncGenerator<StreamChainsResponse> {
  const call = new AbortController();
  const frames = mesh.streamChains(request, { signal: call.signal })[Symbol.asyncIterator]();
  let silence = MISSED_HEARTBEATS * DEFAULT_HEARTBEAT_MS;
  try {
    for (let expected = 1n; ; expected++) {
      const watchdog = setTimeout(() => call.abort(silent(silence)), silence);
      const { done, value } = await frames.next().finally(() => clearTimeout(watchdog));
      if (done) return;
      if (value.sequence !== expected) throw outOfOrder(value.sequence, expected);
      if (value.frame.case === 'started' && value.frame.value.heartbeatInterval) {
        silence = MISSED_HEARTBEATS * durationMs(value.frame.value.heartbeatInterval);
      }
      yield value;
    }
  } catch (failure) {
    // An aborted call fails with a message of its own; why it was aborted says more.
    throw call.signal.aborted ? call.signal.reason : failure;
  } finally {
    call.abort();
  }
}

const silent = (milliseconds: number) =>
  new ConnectError(`nothing came for ${milliseconds} ms`, Code.Unavailable);

const outOfOrder = (found: bigint, expected: bigint) =>
  new ConnectError(`frame ${found} came instead of ${expected}`, Code.DataLoss);
