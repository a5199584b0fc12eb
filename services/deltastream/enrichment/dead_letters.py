"""Events that had to be given up: kept, with the reason, instead of blocking those behind them."""

from deltastream.domain.subjects import product_of
from deltastream.enrichment.tries import GivenUp
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.log_library import structlog
from deltastream.ports.bus import Entry
from deltastream.ports.clock import Clock
from deltastream.runtime.codec.moments import to_timestamp

_log = structlog.get_logger()


def write_letter(given_up: GivenUp, clock: Clock) -> bytes:
    """Encode a dead letter; its id is the sequence that the bus will give it."""
    source = given_up.source
    return pb.DeadLetter(
        subject=source.subject,
        event_sequence=source.sequence,
        deliveries=given_up.tries,
        error=given_up.error,
        payload=source.payload,
        failed_at=to_timestamp(clock()),
    ).SerializeToString()


def read_letter(entry: Entry) -> pb.DeadLetter:
    """Decode an entry of the dead-letter subject."""
    letter = pb.DeadLetter.FromString(entry.payload)
    letter.id = str(entry.sequence)
    letter.product = product_of(letter.subject)
    letter.payload_size = len(letter.payload)
    return letter


def log_given_up(given_up: GivenUp) -> None:
    """Say loudly that an event is a dead letter now."""
    _log.error(
        "event_dead_lettered",
        subject=given_up.source.subject,
        sequence=given_up.source.sequence,
        tries=given_up.tries,
        error=given_up.error,
    )
