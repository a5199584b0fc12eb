"""What a servicer needs to offer one streaming RPC."""

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from google.protobuf.message import Message

from deltastream.runtime.streams.history import History
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.stream import SessionOf, SubscriberStream
from deltastream.runtime.streams.subscription import (
    FilterOf,
    StreamRequest,
    Subscription,
    no_filter,
)
from deltastream.runtime.streams.writer import FrameWriter
from deltastream.runtime.telemetry.sent_frames import SentFrames
from deltastream.runtime.telemetry.traced_streams import linked

ResponseT = TypeVar("ResponseT", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming(Generic[ResponseT]):
    """A hub in the message types of one RPC.

    Attributes:
        hub: where the events come from.
        response: the RPC's response type.
        session: the market session of some products, or of all, to put into heartbeats.
        filter_of: reads from a request which facets it wants, where it can say more than products.
        history: what is remembered of events that the bus does not hold any more; None is that
            nothing is, and a LOSSLESS reader whom trimming overtakes has to start anew.
        maximum_age: about how many seconds a stream may last; None is no limit.
        chance: returns numbers in [0, 1), to keep subscribers from coming back all at once.
    """

    hub: StreamHub
    response: Callable[..., ResponseT]
    session: SessionOf
    filter_of: FilterOf = no_filter
    history: History | None = None
    maximum_age: float | None = None
    chance: Callable[[], float] = random.random

    async def serve(self, request: StreamRequest) -> AsyncGenerator[ResponseT, None]:
        """Yield the responses to a request that has passed validation.

        They are encoded already, whatever their type says to gRPC's generated servicers: the
        server sends bytes as they are (`runtime.interceptors.writing`).
        """
        await self.hub.ready()
        writer = FrameWriter(self.response, epoch=self.hub.log.epoch)
        stream = SubscriberStream(
            hub=self.hub,
            wants=Subscription.of(request, self.filter_of),
            writer=writer,
            session=self.session,
            chance=self.chance,
            history=self.history,
            maximum_age=self.maximum_age,
        )
        method = self.response().DESCRIPTOR.name.removesuffix("Response")
        sent = SentFrames(method, self.hub.kind.subjects)
        traced = linked(stream.frames(), lambda: writer.traceparents)
        async with aclosing(traced) as frames:
            async for frame in frames:
                oldest = writer.oldest if stream.is_live else None
                sent.note(events=writer.events, folded=writer.folded, oldest=oldest)
                yield cast("ResponseT", frame)
