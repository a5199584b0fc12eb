"""Says of most batches of chains at once that they keep the contract's rules.

A chain of 21 strikes has some 500 values with rules. Checking them one by one takes as long as
writing the chain; as columns, which they are decoded to anyway, a tenth of that. What this doubts
is not wrong yet: the contract's own rules decide, and name what breaks them.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

import numpy as np
from google.protobuf.message import Message

from deltastream.domain.events import LEG_COLUMNS, EnrichedChain, Legs
from deltastream.market.v1 import chain_pb2
from deltastream.storage.quick_rules import Range, item_counts, least_count, text_check
from deltastream.storage.v1 import storage_service_pb2 as pb

_CHAIN: Final = chain_pb2.EnrichedChain.DESCRIPTOR.fields_by_name
_LEG: Final = chain_pb2.OptionLeg.DESCRIPTOR.fields_by_name
_CHAINS: Final = item_counts(pb.PutChainsRequest.DESCRIPTOR.fields_by_name["chains"])
_CALLS: Final = item_counts(_CHAIN["calls"])
_PUTS: Final = item_counts(_CHAIN["puts"])
_LEAST_SEQUENCE: Final = least_count(_CHAIN["sequence"])
_SPOT_PRICES: Final = Range.of(_CHAIN["spot_price"])
_is_product: Final = text_check(_CHAIN["product"])
_is_expiry: Final = text_check(_CHAIN["expiry"])
_is_symbol: Final = text_check(_LEG["symbol"])
_symbol_of: Final = attrgetter("symbol")
_FIELDS: Final = {name: "strike" if name == "strikes" else name for name in LEG_COLUMNS}
_RANGES: Final = {name: Range.of(_LEG[field]) for name, field in _FIELDS.items()}
_COLUMNS: Final = {
    within: tuple(name for name in LEG_COLUMNS if _RANGES[name] == within)
    for within in _RANGES.values()
}

CHECKED_OF_CHAIN: Final = frozenset(
    {"product", "expiry", "spot_price", "timestamp", "sequence", "calls", "puts"}
)
CHECKED_OF_LEG: Final = frozenset({"symbol", *_FIELDS.values()})


def certainly_sound(
    messages: Sequence[chain_pb2.EnrichedChain], chains: Sequence[EnrichedChain]
) -> bool:
    """Say whether chains surely keep the contract's rules.

    Args:
        messages: as they came.
        chains: what they were decoded to.
    """
    return (
        len(messages) in _CHAINS
        and all(map(_scalars_are_sound, messages))
        and _legs_are_sound(messages, chains)
    )


def _scalars_are_sound(message: chain_pb2.EnrichedChain) -> bool:
    return (
        _is_product(message.product)
        and _is_expiry(message.expiry)
        and message.HasField("timestamp")
        and message.sequence >= _LEAST_SEQUENCE
        and len(message.calls) in _CALLS
        and len(message.puts) in _PUTS
        and (
            not message.HasField("spot_price")
            or bool(_SPOT_PRICES.holds(np.array(message.spot_price)))
        )
    )


def _legs_are_sound(
    messages: Sequence[chain_pb2.EnrichedChain], chains: Sequence[EnrichedChain]
) -> bool:
    legs = [leg for message in messages for side in (message.calls, message.puts) for leg in side]
    if not all(map(_is_symbol, map(_symbol_of, legs))):
        return False
    sides = [side for each in chains for side in (each.chain.calls, each.chain.puts)]
    return all(_columns_are_sound(names, within, sides, legs) for within, names in _COLUMNS.items())


def _columns_are_sound(
    names: Sequence[str],
    within: Range,
    sides: Iterable[Legs],
    legs: Sequence[chain_pb2.OptionLeg],
) -> bool:
    """Check columns that have one range: outside it is only what is absent."""
    values = np.concatenate([getattr(side, name) for name in names for side in sides])
    outside = np.flatnonzero(~within.holds(values)).tolist()
    return all(
        _is_absent(legs[place % len(legs)], _FIELDS[names[place // len(legs)]]) for place in outside
    )


def _is_absent(leg: chain_pb2.OptionLeg, field: str) -> bool:
    # The generated stubs want literal names.
    message: Message = leg
    return _LEG[field].has_presence and not message.HasField(field)
