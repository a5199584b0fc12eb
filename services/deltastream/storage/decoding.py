"""Takes events out of a request: all of them sound, or a refusal that names what is wrong."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from google.protobuf.message import Message

from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import EnrichedChain, UnderlyingTick
from deltastream.runtime.codec import ticks as codec
from deltastream.runtime.codec.chains import decode_enriched_chains
from deltastream.runtime.interceptors.validation import require_valid
from deltastream.storage import sound_chains, sound_ticks
from deltastream.storage.v1 import storage_service_pb2 as pb

EventT = TypeVar("EventT")


def decode_ticks(request: pb.PutTicksRequest) -> Sequence[UnderlyingTick]:
    """Decode the ticks of a request that nobody has validated yet.

    Raises:
        ValidationFailedError: the request breaks rules of the contract.
        InvalidValueError: it keeps them, and a tick has a time that cannot be.
    """
    ticks = codec.decode_ticks(request.ticks)
    if sound_ticks.certainly_sound(ticks):
        return ticks
    require_valid(request)
    return _decode(request, "ticks", map(codec.decode_tick, request.ticks))


def decode_chains(request: pb.PutChainsRequest) -> Sequence[EnrichedChain]:
    """Decode the chains of a request that nobody has validated yet.

    Raises:
        ValidationFailedError: the request breaks rules of the contract.
        InvalidValueError: it keeps them, and a chain has a value that cannot be.
    """
    chains = _decode(request, "chains", decode_enriched_chains(request.chains))
    if not sound_chains.certainly_sound(request.chains, chains):
        require_valid(request)
    return chains


def _decode(request: Message, field: str, events: Iterable[EventT]) -> Sequence[EventT]:
    """Take the events of a field, as they are decoded."""
    decoded: list[EventT] = []
    try:
        decoded.extend(events)
    except (InvalidValueError, ValueError, OverflowError) as error:
        # What cannot be decoded mostly breaks a rule, which says better what is wrong.
        require_valid(request)
        raise _named(f"{field}[{len(decoded)}]", error) from error
    return decoded


def _named(place: str, error: Exception) -> InvalidValueError:
    if isinstance(error, InvalidValueError):
        return InvalidValueError(f"{place}.{error.field}", error.problem)
    # A number of an enumeration that is none, a time beyond the calendar.
    return InvalidValueError(place, str(error))
