#!/usr/bin/env node
/** Prints enriched option chains as they come, and misses none. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { toJson } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError, type Transport, createClient } from '@connectrpc/connect';
import { Http2SessionManager, createGrpcTransport } from '@connectrpc/connect-node';

import {
  EnrichmentService,
  type StreamChainsResponse,
} from './gen/deltastream/enrichment/v1/enrichment_service_pb.js';
import type { EnrichedChain } from './gen/deltastream/market/v1/chain_pb.js';
import { StorageService } from './gen/deltastream/storage/v1/storage_service_pb.js';
import {
  DeliveryPolicy,
  GoAwayReason,
  ResetReason,
} from './gen/deltastream/stream/v1/stream_pb.js';
import { follow } from './chains.js';
import { describe } from './patience.js';
import { Session } from './session.js';

const USAGE = `Usage: node dist/main.js [options] [PRODUCT ...]

Log in with DELTASTREAM_EMAIL and DELTASTREAM_PASSWORD, or DELTASTREAM_API_KEY.

  --address HOST:PORT  of the mesh, or https://HOST:PORT (default localhost:8009)
  --count N            end after N chains, at the end of a frame
  --bookmark FILE      remembers where to go on the next time
`;
const LIST_TIMEOUT_MS = 10_000;

interface Options {
  address: string;
  count: number;
  bookmark: string;
  products: string[];
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      address: { type: 'string', default: 'localhost:8009' },
      count: { type: 'string', default: 'Infinity' },
      bookmark: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const count = Number(values.count);
  if (!(count > 0)) throw new TypeError(`--count ${values.count}: a number above 0 is wanted`);
  return { address: values.address, count, bookmark: values.bookmark, products: positionals };
}

async function run(options: Options): Promise<void> {
  const baseUrl = options.address.includes('://') ? options.address : `http://${options.address}`;
  // Pings find out that a peer is gone which did not say so.
  const sessionManager = new Http2SessionManager(baseUrl, {
    pingIntervalMs: 10_000,
    pingTimeoutMs: 3_000,
  });
  const session = new Session(createGrpcTransport({ baseUrl, sessionManager }), {
    email: process.env['DELTASTREAM_EMAIL'],
    password: process.env['DELTASTREAM_PASSWORD'],
    apiKey: process.env['DELTASTREAM_API_KEY'],
  });
  const mesh = createGrpcTransport({ baseUrl, sessionManager, interceptors: [session.authorize] });
  try {
    await printProducts(mesh);
    await printChains(mesh, session, options);
  } finally {
    await session.end();
    sessionManager.abort();
  }
}

async function printProducts(mesh: Transport): Promise<void> {
  const storage = createClient(StorageService, mesh);
  const { products } = await storage.listProducts({}, { timeoutMs: LIST_TIMEOUT_MS });
  for (const product of products) console.log(`product ${product}`);
}

async function printChains(mesh: Transport, session: Session, options: Options): Promise<void> {
  const request = {
    products: options.products,
    resumeToken: readBookmark(options.bookmark),
    delivery: DeliveryPolicy.LOSSLESS,
  };
  let printed = 0;
  for await (const frame of follow(createClient(EnrichmentService, mesh), session, request)) {
    printed += printFrame(frame);
    // Only now: what is not printed is to come again.
    writeBookmark(options.bookmark, frame.resumeToken);
    // A token stands for a whole frame: one that was begun is printed to its end.
    if (printed >= options.count) return;
  }
}

/** Returns how many chains were in it. */
function printFrame({ frame }: StreamChainsResponse): number {
  switch (frame.case) {
    case 'batch':
      for (const chain of frame.value.chains) console.log(line(chain));
      return frame.value.chains.length;
    case 'reset':
      console.error(`chains may be missing: ${ResetReason[frame.value.reason]}`);
      break;
    case 'lagged':
      console.error(`too slow: ${frame.value.folded} chains were left out`);
      break;
    case 'goAway':
      console.error(`the server is going away: ${GoAwayReason[frame.value.reason]}`);
      break;
  }
  return 0;
}

function line({ product, expiry, timestamp, spotPrice, atmIv, pcrOi }: EnrichedChain): string {
  const time = timestamp ? toJson(TimestampSchema, timestamp) : '?';
  const [spot, iv, pcr] = [spotPrice, atmIv, pcrOi].map((figure) => figure ?? '?');
  return `chain ${product} ${expiry} ${time} spot=${spot} iv=${iv} pcr=${pcr}`;
}

function readBookmark(file: string): string {
  return file && existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Replaces the file as a whole: whenever the program is ended, one token is there. */
function writeBookmark(file: string, token: string): void {
  if (!file || !token) return;
  writeFileSync(`${file}.new`, token, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function optionsOrExit(): Options {
  try {
    return readOptions();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

// Whoever read the output has seen enough: `| head`.
process.stdout.on('error', () => process.exit());

try {
  await run(optionsOrExit());
} catch (error) {
  console.error(error instanceof ConnectError ? describe(error) : error);
  process.exitCode = 1;
}
