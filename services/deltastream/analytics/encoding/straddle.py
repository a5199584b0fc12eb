"""Straddles on the wire."""

from typing import Final

from deltastream.analytics.encoding.missing import explain
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import EnrichedChain
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.moments import to_timestamp

_METRICS: Final = {
    "atm_strike": ("atm_strike", MissingReason.NO_PAIR),
    "call_price": ("atm_call_price", MissingReason.NO_PRICE),
    "put_price": ("atm_put_price", MissingReason.NO_PRICE),
    "straddle_price": ("atm_straddle_price", MissingReason.NO_PRICE),
    "atm_iv": ("atm_iv", MissingReason.NO_IMPLIED_VOLATILITY),
    "expected_move": ("expected_move", MissingReason.NO_IMPLIED_VOLATILITY),
    "expected_move_straddle": ("expected_move_straddle", MissingReason.NO_PRICE),
}
"""What each figure is called in the metrics of a chain, and why it is absent where they do not say:
chains that were stored before it was computed."""


def encode_straddle(enriched: EnrichedChain) -> pb.Straddle:
    """Encode the straddle of a chain."""
    chain, metrics = enriched.chain, enriched.metrics
    figures = {
        field: (getattr(metrics, name), metrics.missing.get(name, otherwise))
        for field, (name, otherwise) in _METRICS.items()
    }
    figures["spot_price"] = (chain.spot_price, MissingReason.NO_SPOT)
    return pb.Straddle(
        timestamp=to_timestamp(chain.timestamp),
        price_basis=chain_pb2.PriceBasis.ValueType(metrics.atm_straddle_basis or 0),
        missing=explain(figures),
        **{field: figure for field, (figure, _) in figures.items()},
    )
