"""What a servicer needs to offer one streaming RPC."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.stream import SessionOf, SubscriberStream, wait_until_ready
from deltastream.runtime.streams.subscription import StreamRequest, Subscription
from deltastream.runtime.streams.writer import FrameWriter

EventT = TypeVar("EventT")
ResponseT = TypeVar("ResponseT", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming(Generic[EventT, ResponseT]):
    """A hub in the message types of one RPC.

    Attributes:
        hub: where the events come from.
        response: the RPC's response type.
        batch: makes its batch message of events; the flag says whether it is a snapshot.
        session: the market session of some products, or of all, to put into heartbeats.
        filter_of: reads from a request which events it wants, where it can say more than products.
    """

    hub: StreamHub[EventT]
    response: Callable[..., ResponseT]
    batch: Callable[[Sequence[EventT], bool], Message]
    session: SessionOf
    filter_of: Callable[[Any], Callable[[EventT], bool]] = lambda _: _everything

    async def serve(self, request: StreamRequest) -> AsyncIterator[ResponseT]:
        """Yield the responses to a request that has passed validation."""
        await wait_until_ready(self.hub)
        stream = SubscriberStream(
            hub=self.hub,
            subscription=Subscription.of(request),
            writer=FrameWriter(
                response=self.response,
                batch=self.batch,
                epoch=self.hub.epoch,
                accepts=self.filter_of(request),
            ),
            session=self.session,
        )
        async for frame in stream.frames():
            yield frame


def _everything(_: object) -> bool:
    return True
