"""Says of most batches of ticks at once that they keep the contract's rules.

As in `sound_chains`: what this doubts is not wrong yet, the contract's own rules decide.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from deltastream.domain.instants import LAST_INSTANT
from deltastream.domain.tick_table import TickTable
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


def certainly_sound(ticks: TickTable) -> bool:
    """Say whether ticks, as they were decoded, surely keep the contract's rules."""
    return (
        len(ticks) in _TICKS
        # A time that is not stated is decoded to 0.
        and min(ticks.timestamps) > 0
        and max(ticks.timestamps) <= LAST_INSTANT
        and all(0 < at <= LAST_INSTANT for at in set(ticks.processed_at) if at is not None)
        and all(map(_is_product, set(ticks.products)))
        and min(ticks.sequences) >= _LEAST_SEQUENCE
        and _are_within(_PRICES, ticks.prices)
        and _are_within(_VOLUMES, [volume for volume in ticks.volumes if volume is not None])
    )


def _are_within(range_: Range, values: Sequence[float]) -> bool:
    return bool(range_.holds(np.array(values)).all())
