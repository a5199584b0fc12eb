"""Every metric of the mesh, in this one place: name, help, labels, buckets, and who has it.

Names are in base units. What a label may say is bounded (`LABELS`): never a client, an address, a
token or a free text. docs/metrics.md is this table for people, and a test compares both.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final


class Kind(StrEnum):
    """What kind of metric it is, as Prometheus calls it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What is measured.

    Attributes:
        kind: counter, gauge or histogram.
        name: in full, as it is scraped; of a histogram without `_bucket`, `_sum` and `_count`.
        help: what a value says.
        labels: what there is a series for, each of them.
        buckets: upper bounds, of a histogram alone.
        roles: who has it; nobody named is every role.
    """

    kind: Kind
    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    roles: tuple[str, ...] = ()


LABELS: Final = {
    "cache": "`latest` (storage), `answers` (analytics)",
    "certificate": "`mesh` is what roles show each other, `public` what the edge shows everybody",
    "code": "a gRPC status code, such as `OK` or `NOT_FOUND`",
    "dependency": "a name among those that the role's health asks, such as `bus` or `storage`",
    "event": "an event of Socket.IO, such as `chain_update`",
    "exchange": "the ISO 10383 code of an exchange with a calendar, such as `XNSE`",
    "hop": "`published` (feed), `enriched` (enrichment, on the bus), `stored` (enrichment, after"
    " storage has answered), `sent` (feed and enrichment, handed to a live stream)",
    "kind": "`ticks`, `quotes`, `chains`, `candles`; of calls `unary` or `stream`",
    "level": "of a log record, such as `warning`",
    "method": "an HTTP method, or `_OTHER`; of sign-ins `password`, `registration`, `refresh`,"
    " `api_key` or `service`",
    "operation": "what is tried again, as the log calls it, such as `publish_delayed`",
    "product": "a symbol, such as `NIFTY`",
    "reason": "the name of an ErrorReason, such as `RATE_LIMITED`; of connections `CONNECTIONS`;"
    " of dead letters `unprocessable`, `refused_by_storage` or `ended_process`",
    "result": "of the cache `hit` or `miss`; of sign-ins `accepted`, `refused` or `throttled`",
    "role": "the role's name, such as `storage`",
    "route": "a template, such as `/api/data/underlying/{product}`, or `unmatched`",
    "rpc_method": "the name of a method of the contract, such as `ListChains`, or `unknown`",
    "rpc_service": "the full name of its service, or `unknown`",
    "service": "the role that logged",
    "status": "an HTTP status; 499 is a client that left before the answer",
    "subject": "a subject of the bus, such as `market:option_chain:NIFTY`",
    "version": "that of the DeltaStream package",
}
"""What the values of each label are."""

_CALL_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_WORK_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_AGE_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_LATE_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
_ROWS: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)

_counter = partial(Metric, kind=Kind.COUNTER)
_gauge = partial(Metric, kind=Kind.GAUGE)
_histogram = partial(Metric, kind=Kind.HISTOGRAM)

# --- the process ---------------------------------------------------------------------------------

BUILD_INFO: Final = _gauge(
    name="deltastream_build_info",
    help="1; the labels say what runs.",
    labels=("version", "role"),
)
READY: Final = _gauge(
    name="deltastream_ready",
    help="1 while the role serves, as /readyz says; else 0.",
)
DEPENDENCY_UP: Final = _gauge(
    name="deltastream_dependency_up",
    help="1 while a dependency answers the role's health checks, 0 while it does not.",
    labels=("dependency",),
)
EVENT_LOOP_LATENESS: Final = _histogram(
    name="deltastream_event_loop_lateness_seconds",
    help="How late the event loop was with a timer: what everything in the role waits for.",
    buckets=_LATE_SECONDS,
)
CERTIFICATE_EXPIRY: Final = _gauge(
    name="deltastream_certificate_expiry_timestamp_seconds",
    help="When the certificate that is in use ends; there is none where roles talk in the open.",
    labels=("certificate",),
)
RETRIES: Final = _counter(
    name="deltastream_retries_total",
    help="Failures after which something was tried again, for what it needs was away.",
    labels=("operation",),
)

# --- calls ---------------------------------------------------------------------------------------

RPC_CALLS: Final = _counter(
    name="deltastream_rpc_calls_total",
    help="Calls that have ended, streams among them.",
    labels=("rpc_service", "rpc_method", "code"),
)
RPC_DURATION: Final = _histogram(
    name="deltastream_rpc_duration_seconds",
    help="How long calls took that answer once, however they ended.",
    labels=("rpc_service", "rpc_method"),
    buckets=_CALL_SECONDS,
)
RPC_IN_PROGRESS: Final = _gauge(
    name="deltastream_rpc_in_progress",
    help="Calls that are under way.",
    labels=("kind",),
)
RPC_REFUSED: Final = _counter(
    name="deltastream_rpc_refused_total",
    help="Calls that the role ended with a reason; on the edge also those that a service did.",
    labels=("reason",),
)

# --- streams -------------------------------------------------------------------------------------

STREAMS_ACTIVE: Final = _gauge(
    name="deltastream_streams_active",
    help="Streams that are open, by the method that was called.",
    labels=("rpc_method",),
)
STREAMS_ENDED: Final = _counter(
    name="deltastream_streams_ended_total",
    help="Streams that have ended.",
    labels=("rpc_method", "code"),
)
STREAM_FRAMES_SENT: Final = _counter(
    name="deltastream_stream_frames_sent_total",
    help="Frames given to subscribers, control frames among them; on the edge those passed on.",
    labels=("rpc_method",),
    roles=("feed", "enrichment", "edge"),
)
STREAM_EVENTS_SENT: Final = _counter(
    name="deltastream_stream_events_sent_total",
    help="Events in the frames given to subscribers, each counted once for each of them.",
    labels=("rpc_method",),
    roles=("feed", "enrichment"),
)
STREAM_EVENTS_CONFLATED: Final = _counter(
    name="deltastream_stream_events_conflated_total",
    help="Events that subscribers were not sent, as a newer one took their place.",
    labels=("rpc_method",),
    roles=("feed", "enrichment"),
)

# --- the bus -------------------------------------------------------------------------------------

BUS_PUBLISHED: Final = _counter(
    name="deltastream_bus_published_total",
    help="Entries that the bus has acknowledged: raw ones of the feed, enriched of enrichment.",
    labels=("kind",),
    roles=("feed", "enrichment"),
)
BUS_ENTRIES: Final = _gauge(
    name="deltastream_bus_entries",
    help="Entries that a subject holds. The feed says it of raw subjects, enrichment of enriched.",
    labels=("subject",),
    roles=("feed", "enrichment"),
)
BUS_BACKLOG_RATIO: Final = _gauge(
    name="deltastream_bus_backlog_ratio",
    help="Entries that a subject holds, of those at which it counts as full: the trim alarm.",
    labels=("subject",),
    roles=("feed", "enrichment"),
)
CONSUMER_LAG_ENTRIES: Final = _gauge(
    name="deltastream_consumer_lag_entries",
    help="Entries of a raw subject that enrichment has not finished.",
    labels=("subject",),
    roles=("feed",),
)
CONSUMER_LAG_SECONDS: Final = _gauge(
    name="deltastream_consumer_lag_seconds",
    help="Age of the oldest entry of a raw subject that enrichment has not finished; 0 is none.",
    labels=("subject",),
    roles=("feed",),
)
CONSUMER_PENDING: Final = _gauge(
    name="deltastream_consumer_pending_entries",
    help="Results that are published and wait to be stored and committed.",
    roles=("enrichment",),
)
DEAD_LETTERS: Final = _gauge(
    name="deltastream_dead_letters_held",
    help="Dead letters that are held; replicas all count the same ones.",
    roles=("enrichment",),
)
DEAD_LETTERS_WRITTEN: Final = _counter(
    name="deltastream_dead_letters_total",
    help="Events that were given up and kept as dead letters.",
    labels=("reason",),
    roles=("enrichment",),
)
DEAD_LETTERS_DROPPED: Final = _counter(
    name="deltastream_dead_letters_dropped_total",
    help="Dead letters that were dropped, the oldest first, because more came than may be held.",
    roles=("enrichment",),
)
LEASES_HELD: Final = _gauge(
    name="deltastream_leases_held",
    help="Products whose lease this process holds.",
    roles=("feed", "enrichment"),
)

# --- how old events are --------------------------------------------------------------------------

EVENT_AGE: Final = _histogram(
    name="deltastream_event_age_seconds",
    help="How long ago the feed numbered an event when it had come this far, by its sequence.",
    labels=("hop", "kind"),
    buckets=_AGE_SECONDS,
    roles=("feed", "enrichment"),
)
FEED_LAST_EVENT_AGE: Final = _gauge(
    name="deltastream_feed_last_event_age_seconds",
    help="How long ago the feed last published an event of a product; none before the first.",
    labels=("product",),
    roles=("feed",),
)
MARKET_OPEN: Final = _gauge(
    name="deltastream_market_open",
    help="1 while the exchange of a product trades, as the source says; else 0.",
    labels=("product",),
    roles=("feed",),
)
CALENDAR_VALID_UNTIL: Final = _gauge(
    name="deltastream_calendar_valid_until_timestamp_seconds",
    help="When the last day ends that an exchange's calendar knows.",
    labels=("exchange",),
    roles=("feed", "analytics"),
)

# --- work ----------------------------------------------------------------------------------------

ENRICHMENT_DURATION: Final = _histogram(
    name="deltastream_enrichment_duration_seconds",
    help="How long a batch of up to 32 entries, of whatever kind, took to enrich.",
    buckets=_WORK_SECONDS,
    roles=("enrichment",),
)
ENRICHED_EVENTS: Final = _counter(
    name="deltastream_enriched_events_total",
    help="Events that were enriched; ticks and quotes are passed on. Candles are versions of one.",
    labels=("kind",),
    roles=("enrichment",),
)

# --- storage -------------------------------------------------------------------------------------

STORE_BATCH_ROWS: Final = _histogram(
    name="deltastream_store_batch_rows",
    help="Rows that were written together.",
    labels=("kind",),
    buckets=_ROWS,
    roles=("storage",),
)
STORE_WRITE_DURATION: Final = _histogram(
    name="deltastream_store_write_duration_seconds",
    help="How long a batch took to be durable, its wait for others included.",
    labels=("kind",),
    buckets=_CALL_SECONDS,
    roles=("storage",),
)
STORE_ROWS: Final = _counter(
    name="deltastream_store_rows_total",
    help="Rows that were written or replaced; those that were there already do not count.",
    labels=("kind",),
    roles=("storage",),
)
CACHE_REQUESTS: Final = _counter(
    name="deltastream_cache_requests_total",
    help="Questions that a cache could answer (hit), or not (miss).",
    labels=("cache", "result"),
    roles=("storage", "analytics"),
)

# --- the edge ------------------------------------------------------------------------------------

HTTP_REQUESTS: Final = _counter(
    name="deltastream_http_requests_total",
    help="HTTP requests that have ended, streams and websockets among them.",
    labels=("route", "method", "status"),
    roles=("edge",),
)
HTTP_DURATION: Final = _histogram(
    name="deltastream_http_request_duration_seconds",
    help="How long requests took whose answer is no stream and no websocket.",
    labels=("route", "method"),
    buckets=_CALL_SECONDS,
    roles=("edge",),
)
HTTP_REFUSED: Final = _counter(
    name="deltastream_http_refused_total",
    help="Requests and connections that were refused, for a reason.",
    labels=("reason",),
    roles=("edge",),
)
SOCKETS_CONNECTED: Final = _gauge(
    name="deltastream_sockets_connected",
    help="Clients of Socket.IO that are connected.",
    roles=("edge",),
)
SOCKET_EVENTS_SENT: Final = _counter(
    name="deltastream_socket_events_sent_total",
    help="Events for clients of Socket.IO, each counted once for each of them; what was conflated"
    " later is among them.",
    labels=("event",),
    roles=("edge",),
)
SOCKET_EVENTS_CONFLATED: Final = _counter(
    name="deltastream_socket_events_conflated_total",
    help="Events that a newer one replaced while they waited for a slow client.",
    labels=("event",),
    roles=("edge",),
)

# --- auth ----------------------------------------------------------------------------------------

SIGN_INS: Final = _counter(
    name="deltastream_sign_ins_total",
    help="Attempts to get a token.",
    labels=("method", "result"),
    roles=("auth",),
)

# --- logs ----------------------------------------------------------------------------------------

LOG_RECORDS: Final = _counter(
    name="deltastream_log_records_total",
    help="Log records that were taken in.",
    labels=("service", "level"),
    roles=("logs",),
)
LOG_RECORDS_DROPPED: Final = _counter(
    name="deltastream_log_records_dropped_total",
    help="Log records that were dropped: by logs for newer ones, by a role unshipped.",
    labels=("service",),
)

METRICS: Final = tuple(each for each in tuple(vars().values()) if isinstance(each, Metric))
"""All of them."""


def metrics_of(role: str) -> list[Metric]:
    """Return the metrics that a role has."""
    return [metric for metric in METRICS if not metric.roles or role in metric.roles]
