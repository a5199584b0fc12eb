"""Why figures are absent, on the wire."""

from collections.abc import Mapping

from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import missing_pb2
from deltastream.runtime.codec.metrics import encode_missing

Figure = tuple[float | None, MissingReason]
"""A figure, and why it is absent if it is."""


def explain(figures: Mapping[str, Figure]) -> list[missing_pb2.MissingValue]:
    """Explain every figure that is absent, by its name in the message."""
    return encode_missing(
        {name: reason for name, (figure, reason) in figures.items() if figure is None}
    )
