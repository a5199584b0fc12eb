"""Takes chains out of a request: all of them sound, or a refusal that names what is wrong."""

from collections.abc import Sequence

from deltastream.domain.errors import InvalidValueError
from deltastream.domain.events import EnrichedChain
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.chains import decode_enriched_chains
from deltastream.runtime.interceptors.validation import require_valid
from deltastream.storage.sound_chains import certainly_sound
from deltastream.storage.v1 import storage_service_pb2 as pb


def decode_chains(request: pb.PutChainsRequest) -> Sequence[EnrichedChain]:
    """Decode the chains of a request that nobody has validated yet.

    Raises:
        ValidationFailedError: the request breaks rules of the contract.
        InvalidValueError: it keeps them, and a chain has a value that cannot be.
    """
    try:
        chains = _decode(request.chains)
    except InvalidValueError:
        # What cannot be decoded mostly breaks a rule, which says better what is wrong.
        require_valid(request)
        raise
    if not certainly_sound(request.chains, chains):
        require_valid(request)
    return chains


def _decode(messages: Sequence[chain_pb2.EnrichedChain]) -> Sequence[EnrichedChain]:
    chains: list[EnrichedChain] = []
    try:
        chains.extend(decode_enriched_chains(messages))
    except InvalidValueError as error:
        raise InvalidValueError(f"chains[{len(chains)}].{error.field}", error.problem) from error
    except (ValueError, OverflowError) as error:
        # A number of an enumeration that is none, a time beyond the calendar.
        raise InvalidValueError(f"chains[{len(chains)}]", str(error)) from error
    return chains
