"""What a subscriber asked for."""

from dataclasses import dataclass
from typing import Final, Protocol, Self

from google.protobuf.duration_pb2 import Duration
from google.protobuf.internal.containers import RepeatedScalarFieldContainer

from deltastream.stream.v1 import stream_pb2

_DEFAULT_HEARTBEAT: Final = 5.0


class StreamRequest(Protocol):
    """The fields that the request of every streaming RPC has."""

    @property
    def products(self) -> RepeatedScalarFieldContainer[str]:
        """The symbols wanted; empty means all."""
        ...

    @property
    def resume_token(self) -> str:
        """Where to continue; empty means from a snapshot."""
        ...

    @property
    def delivery(self) -> "stream_pb2.DeliveryPolicy.ValueType":
        """What happens when the reader is slow."""
        ...

    @property
    def heartbeat_interval(self) -> Duration:
        """The longest silence."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscriber's wishes, with defaults filled in.

    Attributes:
        products: None means all, present and future.
        heartbeat: seconds of silence before a heartbeat.
    """

    products: frozenset[str] | None
    resume_token: str
    lossless: bool
    heartbeat: float

    @classmethod
    def of(cls, request: StreamRequest) -> Self:
        """Read a request that has passed validation."""
        interval = request.heartbeat_interval
        seconds = interval.seconds + interval.nanos / 1e9
        return cls(
            products=frozenset(request.products) or None,
            resume_token=request.resume_token,
            lossless=request.delivery == stream_pb2.DELIVERY_POLICY_LOSSLESS,
            heartbeat=seconds or _DEFAULT_HEARTBEAT,
        )
