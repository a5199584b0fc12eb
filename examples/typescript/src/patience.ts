import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';

import { ErrorInfoSchema, RetryInfoSchema } from './gen/google/rpc/error_details_pb.js';
import type { Session } from './session.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Says whether a lost stream is tried again, and when. */
export class Patience {
  #tries = 0;
  #renewed = false;

  constructor(private readonly session: Session) {}

  /** Takes the stream for well again. */
  recovered(): void {
    this.#tries = 0;
    this.#renewed = false;
  }

  /** Whether a further try might change a failure. A refused token is replaced, once. */
  allows(failure: ConnectError): boolean {
    switch (failure.code) {
      case Code.Unauthenticated: {
        const refusedAgain = this.#renewed;
        this.#renewed = true;
        return !refusedAgain && this.session.forget();
      }
      case Code.InvalidArgument:
      case Code.PermissionDenied:
      case Code.Unimplemented:
        return false;
      default:
        return true;
    }
  }

  /**
   * Returns milliseconds that grow from try to try, and are never fewer than the server asks. Chance
   * keeps clients that were sent away together from coming back together.
   */
  pause(asked: number): number {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries++);
    return Math.max((longest * (1 + Math.random())) / 2, asked * (1 + Math.random() / 2));
  }
}

/** How many milliseconds the server asks to wait. */
export function retryDelay(failure: ConnectError): number {
  const delay = failure.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return delay ? durationMs(delay) : 0;
}

/** What went wrong, with the reason of the contract where there is one. */
export function describe(failure: ConnectError): string {
  const reason = failure.findDetails(ErrorInfoSchema)[0]?.reason ?? Code[failure.code];
  return `${reason}: ${failure.rawMessage}`;
}
