"""What streams say besides data."""

from collections.abc import Iterable

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.domain.session import MarketSession
from deltastream.market.v1 import session_pb2
from deltastream.runtime.streams.followed_log import FollowedLog
from deltastream.runtime.streams.subscription import Subscription
from deltastream.stream.v1 import stream_pb2


def started(wants: Subscription, log: FollowedLog, known: Iterable[str]) -> stream_pb2.Started:
    """Say what became of each requested product, and what holds for the stream."""
    symbols = frozenset(known)
    return stream_pb2.Started(
        subscriptions=[
            stream_pb2.Subscription(
                product=product,
                outcome=(
                    stream_pb2.SUBSCRIPTION_OUTCOME_OK
                    if product in symbols
                    else stream_pb2.SUBSCRIPTION_OUTCOME_UNKNOWN
                ),
            )
            for product in sorted(symbols if wants.products is None else wants.products)
        ],
        delivery=(
            stream_pb2.DELIVERY_POLICY_LOSSLESS
            if wants.lossless
            else stream_pb2.DELIVERY_POLICY_CONFLATED
        ),
        heartbeat_interval=_duration(wants.heartbeat),
        epoch=log.epoch,
    )


def heartbeat(
    wants: Subscription, log: FollowedLog, session: MarketSession
) -> stream_pb2.Heartbeat:
    """Say how new the newest event is, and whether the market trades."""
    seen = [at for product, at in log.last_event_at.items() if wants.concerns(product)]
    last_event_at = Timestamp()
    if seen:
        last_event_at.FromNanoseconds(max(seen))
    return stream_pb2.Heartbeat(
        last_event_at=last_event_at if seen else None,
        session=session_pb2.MarketSession.ValueType(session),
    )


def go_away(
    reason: "stream_pb2.GoAwayReason.ValueType", *, reconnect_after: float
) -> stream_pb2.GoAway:
    """Ask to reconnect after some seconds."""
    return stream_pb2.GoAway(reason=reason, reconnect_after=_duration(reconnect_after))


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration
