"""From contract messages to the payloads of events."""

from typing import Final

from deltastream.edge.proto_json.encoding import to_dict
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.market.v1.tick_pb2 import UnderlyingTick

UNDERLYING_UPDATE: Final = "underlying_update"
CHAIN_SUMMARY: Final = "chain_summary"
CHAIN_UPDATE: Final = "chain_update"

_SUMMARY_FIGURES: Final = (
    "spot_price",
    "pcr_oi",
    "pcr_volume",
    "atm_straddle_price",
    "max_pain_strike",
)


def underlying_update(tick: UnderlyingTick, seq: int) -> dict[str, object]:
    """Return the price of an underlying; `timestamp` is RFC 3339 in UTC, as everywhere here."""
    return {
        "product": tick.product,
        "price": tick.price,
        "timestamp": tick.timestamp.ToJsonString(),
        "seq": seq,
    }


def chain_summary(chain: EnrichedChain, seq: int) -> dict[str, object]:
    """Return what a chain means in a few figures; one that could not be computed is left out."""
    figures = {name: getattr(chain, name) for name in _SUMMARY_FIGURES if chain.HasField(name)}
    return {
        "product": chain.product,
        "expiry": chain.expiry,
        **figures,
        "timestamp": chain.timestamp.ToJsonString(),
        "seq": seq,
    }


def chain_update(chain: EnrichedChain, seq: int) -> dict[str, object]:
    """Return the whole chain as canonical proto JSON."""
    return {**to_dict(chain), "seq": seq}
