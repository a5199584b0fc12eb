"""One subscriber's stream: opening, catching up, live, goodbye."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, Generic, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.session import MarketSession
from deltastream.domain.subjects import subject_of
from deltastream.market.v1 import session_pb2
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.errors import SlowConsumerError
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.mailbox import Mailbox, Update
from deltastream.runtime.streams.resume import Resumption, is_held, resume
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.writer import FrameWriter
from deltastream.stream.v1 import stream_pb2

EventT = TypeVar("EventT")
ResponseT = TypeVar("ResponseT", bound=Message)
_READY_SECONDS: Final = 3.0
_TAIL_ENTRIES: Final = 64
_TAIL_SECONDS: Final = 1.0
_RECONNECT_MILLISECONDS: Final = 250


SessionOf = Callable[[frozenset[str] | None], MarketSession]
"""Says whether any of some products is traded; None asks for all."""


class SubscriberStream(Generic[EventT, ResponseT]):
    """Speaks the protocol of deltastream.stream.v1 to one subscriber."""

    def __init__(
        self,
        *,
        hub: StreamHub[EventT],
        subscription: Subscription,
        writer: FrameWriter[EventT, ResponseT],
        session: SessionOf,
    ) -> None:
        self._hub = hub
        self._wants = subscription
        self._writer = writer
        self._session = session

    async def frames(self) -> AsyncIterator[ResponseT]:
        """Yield the frames, until the server drains.

        Raises:
            DependencyUnavailableError: the bus cannot be read.
            SlowConsumerError: LOSSLESS can no longer be kept.
        """
        yield self._writer.control(started=self._started())
        accepts = self._writer.accepts
        with self._hub.mailbox(self._wants.products, accepts=accepts) as mailbox:
            target = self._followed()
            resumption = await resume(self._hub, self._wants, target)
            if resumption.reset is not None:
                yield self._writer.control(reset=stream_pb2.Reset(reason=resumption.reset))
            for frame in self._open(resumption, target):
                yield frame
            live = self._lossless(target) if self._wants.lossless else self._conflated(mailbox)
            async for frame in live:
                yield frame
        yield self._writer.control(go_away=_go_away())

    def _started(self) -> stream_pb2.Started:
        known = self._hub.catalog.products.keys()
        asked = self._wants.products or known
        return stream_pb2.Started(
            subscriptions=[
                stream_pb2.Subscription(
                    product=product,
                    outcome=(
                        stream_pb2.SUBSCRIPTION_OUTCOME_OK
                        if product in known
                        else stream_pb2.SUBSCRIPTION_OUTCOME_UNKNOWN
                    ),
                )
                for product in sorted(asked)
            ],
            delivery=(
                stream_pb2.DELIVERY_POLICY_LOSSLESS
                if self._wants.lossless
                else stream_pb2.DELIVERY_POLICY_CONFLATED
            ),
            heartbeat_interval=_duration(self._wants.heartbeat),
            epoch=self._hub.epoch,
        )

    def _followed(self) -> dict[str, int]:
        """Return the products of this stream and how far the hub has read each.

        A product that the hub has not met yet stands at 0: all of its events are still to come.
        """
        products = self._wants.products or self._hub.catalog.products.keys()
        return {product: self._hub.positions.get(product, 0) for product in sorted(products)}

    def _open(self, resumption: Resumption[EventT], target: dict[str, int]) -> list[ResponseT]:
        """Write what brings the subscriber up to `target`; LOSSLESS tails its own gap.

        Snapshot and positions are taken in one moment: the hub may be further than `target` by
        now, and what it has delivered since waits in the mailbox as well.
        """
        self._writer.sequences.update(resumption.sequences)
        fresh = {p: at for p, at in self._followed().items() if p not in resumption.sequences}
        frames = [*self._writer.snapshot(self._hub.latest(fresh.keys()), fresh)]
        frames += self._writer.live(resumption.missed)
        if not self._behind(target):
            frames.append(self._writer.control(caught_up=stream_pb2.CaughtUp()))
        return frames

    def _behind(self, target: dict[str, int]) -> bool:
        return any(self._writer.sequences.get(p, 0) < at for p, at in target.items())

    async def _conflated(self, mailbox: Mailbox[EventT]) -> AsyncIterator[ResponseT]:
        while not self._hub.draining:
            if not await mailbox.wait(self._wants.heartbeat):
                yield self._heartbeat()
                continue
            # Taken at the moment of sending, not of arrival: what a slow reader gets is newest.
            updates, folded = mailbox.take()
            if folded:
                yield self._writer.control(lagged=stream_pb2.Lagged(folded=folded))
            for frame in self._writer.live(updates):
                yield frame

    async def _lossless(self, target: dict[str, int]) -> AsyncIterator[ResponseT]:
        """Read the bus at the subscriber's own pace: a slow one delays and costs nobody else."""
        clock = asyncio.get_running_loop().time
        behind = self._behind(target)
        quiet_since = clock()
        while not self._hub.draining:
            wait = min(_TAIL_SECONDS, max(0.0, quiet_since + self._wants.heartbeat - clock()))
            positions = dict(self._writer.sequences)
            updates = await self._read(wait)
            await self._require_held(positions)
            frames = list(self._writer.live(updates))
            for frame in frames:
                yield frame
            if frames:
                quiet_since = clock()
            elif clock() - quiet_since >= self._wants.heartbeat:
                yield self._heartbeat()
                quiet_since = clock()
            if behind and not self._behind(target):
                behind = False
                yield self._writer.control(caught_up=stream_pb2.CaughtUp())

    async def _read(self, wait: float) -> list[Update[EventT]]:
        followed = self._followed()
        if not followed:
            await asyncio.sleep(wait)
            return []
        subjects = {
            subject_of(self._hub.kind, p): self._writer.sequences.get(p, 0) for p in followed
        }
        entries = await self._hub.bus.tail(subjects, limit=_TAIL_ENTRIES, wait=wait)
        return [update for entry in entries for update in self._hub.updates_of(entry)]

    async def _require_held(self, positions: dict[str, int]) -> None:
        """End the stream rather than let trimming tear a hole into it unseen.

        Asked after reading, because trimming may come between. A reader among the newest entries,
        as nearly all are, costs no question to the bus.
        """
        for product, at in positions.items():
            recent = not at or self._hub.is_recent(product, at)
            if not recent and not await is_held(self._hub, product, at):
                raise SlowConsumerError(product)

    def _heartbeat(self) -> ResponseT:
        seen = [
            at
            for product, at in self._hub.last_event_at.items()
            if self._wants.products is None or product in self._wants.products
        ]
        return self._writer.control(
            heartbeat=stream_pb2.Heartbeat(
                last_event_at=to_timestamp(max(seen)) if seen else None,
                session=session_pb2.MarketSession.ValueType(self._session(self._wants.products)),
            )
        )


async def wait_until_ready(hub: StreamHub[EventT]) -> None:
    """Wait a moment for a hub that has just started.

    Raises:
        DependencyUnavailableError: it cannot read the bus.
    """
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await hub.ready()
    except TimeoutError:
        raise DependencyUnavailableError("bus") from None


def _duration(seconds: float) -> Duration:
    whole = int(seconds)
    return Duration(seconds=whole, nanos=round((seconds - whole) * 1e9))


def _go_away() -> stream_pb2.GoAway:
    return stream_pb2.GoAway(
        reason=stream_pb2.GO_AWAY_REASON_DRAINING,
        reconnect_after=Duration(nanos=_RECONNECT_MILLISECONDS * 1_000_000),
    )
