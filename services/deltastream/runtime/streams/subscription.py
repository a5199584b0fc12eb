"""What a subscriber asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from google.protobuf.duration_pb2 import Duration
from google.protobuf.internal.containers import RepeatedScalarFieldContainer

from deltastream.runtime.streams.kind import Accepts, accept_all
from deltastream.runtime.streams.token import Position, read_token
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


FilterOf = Callable[[Any], Accepts]
"""Reads from a request which facets it wants, where it can say more than products."""


def no_filter(request: StreamRequest) -> Accepts:
    """Offer no choice besides products."""
    del request
    return accept_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscriber's wishes, with defaults filled in.

    Attributes:
        products: None means all, present and future.
        resume_token: where to continue; empty means from a snapshot.
        lossless: whether every event is to be delivered.
        heartbeat: seconds of silence before a heartbeat.
        accepts: which events of the products are wanted.
    """

    products: frozenset[str] | None
    resume_token: str
    lossless: bool
    heartbeat: float
    accepts: Accepts = accept_all

    @classmethod
    def of(cls, request: StreamRequest, filter_of: FilterOf = no_filter) -> Self:
        """Read a request that has passed validation."""
        interval = request.heartbeat_interval
        seconds = interval.seconds + interval.nanos / 1e9
        return cls(
            products=frozenset(request.products) or None,
            resume_token=request.resume_token,
            lossless=request.delivery == stream_pb2.DELIVERY_POLICY_LOSSLESS,
            heartbeat=seconds or _DEFAULT_HEARTBEAT,
            accepts=filter_of(request),
        )

    @property
    def resume_after(self) -> Position | None:
        """The position of the token; None when there is no token, or it is none."""
        return read_token(self.resume_token) if self.resume_token else None

    def concerns(self, product: str) -> bool:
        """Say whether a product is wanted."""
        return self.products is None or product in self.products
