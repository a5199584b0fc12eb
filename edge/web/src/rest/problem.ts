/** What went wrong, in the form in which a screen shows it. */
export interface Problem {
  /** One sentence for people. */
  readonly message: string;
  /** The contract's ErrorReason, without its prefix. Absent where no server answered. */
  readonly reason?: string;
  /** Names the failed request in the server's logs. Absent where the server gave none. */
  readonly requestId?: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  /** Milliseconds that the server asks to wait. Absent where it asks for nothing. */
  readonly retryAfter?: number;
  /** What is wrong with single fields of the request. Absent where nothing is. */
  readonly fields?: readonly FieldProblem[];
}

/** What a rule of the contract says about one field of a request. */
export interface FieldProblem {
  readonly field: string;
  readonly description: string;
}

const CREDENTIAL_REASONS = new Set(['CREDENTIALS_MISSING', 'CREDENTIALS_INVALID', 'TOKEN_EXPIRED']);

/** Whether the way out is to sign in. */
export function wantsCredentials({ reason }: Pick<Problem, 'reason'>): boolean {
  return reason !== undefined && CREDENTIAL_REASONS.has(reason);
}

/** A failed request to the edge. */
export class RequestFailed extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'RequestFailed';
  }
}

/** A detail of a google.rpc.Status: an ErrorInfo, a BadRequest or a RetryInfo. */
interface StatusDetail {
  readonly reason?: string;
  readonly field_violations?: readonly FieldProblem[];
  readonly retry_delay?: string;
}

const TEMPORARY_HTTP_STATUS = new Set([404, 408, 425, 429, 500, 502, 503, 504]);

/**
 * Reads an error answer: a google.rpc.Status in JSON, or whatever a proxy in between said.
 *
 * "Not found" counts as temporary, because a product or an expiry that is asked for early is
 * known once its first event has arrived.
 */
export function problemOf(httpStatus: number, body: unknown, requestId?: string): Problem {
  const status = (typeof body === 'object' ? body : null) as {
    message?: string;
    details?: readonly StatusDetail[];
  } | null;
  const details = status?.details ?? [];
  const reason = details.find((detail) => detail.reason !== undefined)?.reason;
  const fields = details.flatMap((detail) => detail.field_violations ?? []);
  const wait = parseFloat(details.find((detail) => detail.retry_delay)?.retry_delay ?? '');
  return {
    message: status?.message ?? `The server answered with HTTP status ${httpStatus}.`,
    temporary: TEMPORARY_HTTP_STATUS.has(httpStatus),
    ...(reason !== undefined && { reason }),
    ...(requestId !== undefined && { requestId }),
    ...(!Number.isNaN(wait) && { retryAfter: wait * 1000 }),
    ...(fields.length > 0 && { fields }),
  };
}

/** Describes anything that was thrown on the way to an answer. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof RequestFailed) return thrown.problem;
  return { message: 'The server cannot be reached.', temporary: true };
}
