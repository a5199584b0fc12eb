"""States of markets on the wire and as values."""

from datetime import datetime

from deltastream.domain.session import MarketSession, MarketState, SourceKind
from deltastream.market.v1 import session_pb2
from deltastream.runtime.codec.enums import known
from deltastream.runtime.codec.moments import to_datetime, to_timestamp


def encode_market(
    product: str, state: MarketState, *, since: datetime, source: SourceKind
) -> session_pb2.MarketState:
    """Encode what is said of a product's market, and since when by which source."""
    return session_pb2.MarketState(
        product=product,
        session=session_pb2.MarketSession.ValueType(state.session),
        since=to_timestamp(since),
        changes_at=None if state.changes_at is None else to_timestamp(state.changes_at),
        source=session_pb2.SourceKind.ValueType(source),
    )


def decode_market(message: session_pb2.MarketState) -> MarketState:
    """Decode what is said of a market."""
    return MarketState(
        session=known(MarketSession, message.session) or MarketSession.UNKNOWN,
        changes_at=to_datetime(message.changes_at) if message.HasField("changes_at") else None,
    )
