"""Says of most batches of ticks at once that they keep the contract's rules.

As in `sound_chains`: what this doubts is not wrong yet, the contract's own rules decide.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from deltastream.domain.events import UnderlyingTick
from deltastream.market.v1 import tick_pb2
from deltastream.storage.quick_rules import Range, item_counts, least_count, text_check
from deltastream.storage.v1 import storage_service_pb2 as pb

_TICK: Final = tick_pb2.UnderlyingTick.DESCRIPTOR.fields_by_name
_TICKS: Final = item_counts(pb.PutTicksRequest.DESCRIPTOR.fields_by_name["ticks"])
_LEAST_SEQUENCE: Final = least_count(_TICK["sequence"])
_PRICES: Final = Range.of(_TICK["price"])
_VOLUMES: Final = Range.of(_TICK["volume"])
_is_product: Final = text_check(_TICK["product"])

CHECKED: Final = frozenset({"product", "price", "timestamp", "sequence", "volume"})


def certainly_sound(
    messages: Sequence[tick_pb2.UnderlyingTick], ticks: Sequence[UnderlyingTick]
) -> bool:
    """Say whether ticks surely keep the contract's rules.

    Args:
        messages: as they came.
        ticks: what they were decoded to.
    """
    return (
        len(messages) in _TICKS
        and all(message.HasField("timestamp") for message in messages)
        and all(map(_is_product, {tick.product for tick in ticks}))
        and min(tick.sequence for tick in ticks) >= _LEAST_SEQUENCE
        and _are_within(_PRICES, [tick.price for tick in ticks])
        and _are_within(_VOLUMES, [tick.volume for tick in ticks if tick.volume is not None])
    )


def _are_within(range_: Range, values: Sequence[float]) -> bool:
    return bool(range_.holds(np.array(values)).all())
