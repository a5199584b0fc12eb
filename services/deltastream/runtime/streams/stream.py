"""One subscriber's stream: opening, catching up, live, goodbye."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping
from typing import Final

from deltastream.domain.session import MarketSession
from deltastream.runtime.streams import control
from deltastream.runtime.streams.conflated import ConflatedReader
from deltastream.runtime.streams.event import Piece
from deltastream.runtime.streams.history import History
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.lossless import LosslessReader
from deltastream.runtime.streams.mailbox import Mailbox
from deltastream.runtime.streams.reader import Reader
from deltastream.runtime.streams.resume import Resumption, resume
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.writer import FrameWriter
from deltastream.stream.v1 import stream_pb2

_RECONNECT_SECONDS: Final = 0.25
_RECONNECT_SPREAD_SECONDS: Final = 0.5
# Timers are no finer.
_SHORTEST_PAUSE: Final = 0.001

SessionOf = Callable[[frozenset[str] | None], MarketSession]
"""Says whether any of some products is traded; None asks for all."""


class SubscriberStream:
    """Speaks the protocol of deltastream.stream.v1 to one subscriber."""

    def __init__(
        self,
        *,
        hub: StreamHub,
        wants: Subscription,
        writer: FrameWriter,
        session: SessionOf,
        chance: Callable[[], float],
        history: History | None = None,
        maximum_age: float | None = None,
    ) -> None:
        """Prepare a stream.

        Args:
            hub: whose events are streamed.
            wants: the subscriber's wishes.
            writer: encodes the frames; begins in the event log that the hub follows now.
            session: what heartbeats say of the market.
            chance: returns numbers in [0, 1), so that not all subscribers come back at once.
            history: what is remembered of events that the bus does not hold any more.
            maximum_age: seconds after which the stream ends; None is no limit.
        """
        self._hub = hub
        self._log = hub.log
        self._wants = wants
        self._writer = writer
        self._session = session
        self._chance = chance
        self._history = history
        self._maximum_age = maximum_age
        self._turn = hub.turn()
        # How far each product must be read until the stream is live; None is that it is.
        self._target: Mapping[str, int] | None = None

    @property
    def is_live(self) -> bool:
        """Whether what is sent is news, and not what the subscriber had missed."""
        return self._target is None

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Yield the frames, encoded, until the server drains or the stream is too old.

        Raises:
            DependencyUnavailableError: bus or history cannot be read.
            SlowConsumerError: LOSSLESS can no longer be kept.
        """
        ends_at = self._ends_at()
        # Whoever gets no further than the first frame must be able to come back with its token.
        after = self._wants.resume_after
        if after is not None and after.epoch == self._log.epoch:
            self._writer.resume(
                {p: at for p, at in after.sequences.items() if self._wants.concerns(p)}
            )
        started = control.started(self._wants, self._log, self._hub.catalog.products)
        yield self._writer.control(started=started)
        reader = self._reader()
        with self._hub.listening(reader.listener):
            self._target = self._followed()
            resumption = await resume(
                self._hub, self._log, self._wants, self._target, history=self._history
            )
            for frame in self._open(resumption, reader):
                yield frame
            async for frame in self._live(reader, ends_at):
                yield frame
        yield self._go_away()

    def _reader(self) -> Reader:
        if not self._wants.lossless:
            mailbox = Mailbox(self._wants.products, accepts=self._wants.accepts)
            return ConflatedReader(mailbox, self._writer)
        return LosslessReader(
            hub=self._hub, wants=self._wants, writer=self._writer, history=self._history
        )

    def _open(self, resumption: Resumption, reader: Reader) -> Iterator[bytes]:
        """Write what brings the subscriber up to the target; LOSSLESS reads its own gap."""
        if resumption.reset is not None:
            self._writer.start_anew(self._log.epoch)
            yield self._writer.control(reset=stream_pb2.Reset(reason=resumption.reset))
        self._writer.resume(resumption.sequences)
        yield from self._snapshot(reader, but=resumption.sequences.keys())
        if resumption.folded:
            yield self._writer.control(lagged=stream_pb2.Lagged(folded=resumption.folded))
        yield from self._writer.live(resumption.missed)
        if not self._wants.lossless:
            yield from self._writer.live(self._passed(resumption.sequences.keys()))
        yield from self._caught_up()

    def _snapshot(self, reader: Reader, *, but: Collection[str] = ()) -> Iterator[bytes]:
        """Write the state of all products but some.

        State and positions are taken in one moment: the hub may be further than the target by
        now, and what it has delivered since then waits for the reader as well.
        """
        fresh = {p: at for p, at in self._followed().items() if p not in but}
        updates = [u for u in self._log.latest(fresh.keys()) if self._wants.accepts(u.facet)]
        reader.skip(fresh.keys())
        return self._writer.snapshot(updates, fresh)

    def _passed(self, products: Collection[str]) -> list[Piece]:
        """Say that everything up to the target was sent, where nothing of it was wanted as well."""
        target = self._target or {}
        return [Piece(product=p, sequence=target[p], encoded=b"") for p in products]

    def _caught_up(self) -> Iterator[bytes]:
        """Say once that what follows is live, when it is."""
        if self._target is not None and not any(
            self._writer.sequences.get(product, 0) < at for product, at in self._target.items()
        ):
            self._target = None
            yield self._writer.control(caught_up=stream_pb2.CaughtUp())

    async def _live(self, reader: Reader, ends_at: float) -> AsyncGenerator[bytes, None]:
        clock = asyncio.get_running_loop().time
        quiet_since = clock()
        while not self._hub.draining and clock() < ends_at:
            silent_until = quiet_since + self._wants.heartbeat
            await reader.wait(max(0.0, min(silent_until, ends_at) - clock()))
            await self._hub.gate.admitted()
            # Looked at last of all: what has come may be of another log than what was waited for.
            if self._hub.log is not self._log:
                for frame in self._start_anew(reader):
                    yield frame
                continue
            sent = False
            for frame in await reader.read():
                yield frame
                sent = True
            for frame in self._caught_up():
                yield frame
            if sent:
                quiet_since = clock()
                await self._gather(reader)
            elif clock() >= silent_until:
                yield self._heartbeat()
                quiet_since = clock()

    async def _gather(self, reader: Reader) -> None:
        """Let news gather until it is this subscriber's turn, where there are many to tell."""
        interval = self._hub.interval
        if interval >= _SHORTEST_PAUSE and reader.is_level:
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(self._turn.after(now, interval) - now)

    def _start_anew(self, reader: Reader) -> Iterator[bytes]:
        """Go over to another event log, which has nothing to do with the one before."""
        self._log = self._hub.log
        self._writer.start_anew(self._log.epoch)
        if self._target is not None:
            self._target = {}
        yield self._writer.control(
            reset=stream_pb2.Reset(reason=stream_pb2.RESET_REASON_EPOCH_CHANGED)
        )
        yield from self._snapshot(reader)

    def _followed(self) -> dict[str, int]:
        """Return the products of this stream and how far the hub has read each.

        A product that the hub has not met yet stands at 0: all of its events are still to come.
        """
        products = self._wants.products or self._hub.catalog.products.keys()
        return {product: self._log.positions.get(product, 0) for product in sorted(products)}

    def _heartbeat(self) -> bytes:
        session = self._session(self._wants.products)
        return self._writer.control(heartbeat=control.heartbeat(self._wants, self._log, session))

    def _ends_at(self) -> float:
        """Choose when the stream is too old: streams that began together end apart."""
        if self._maximum_age is None:
            return float("inf")
        age = self._maximum_age * (0.9 + 0.2 * self._chance())
        return asyncio.get_running_loop().time() + age

    def _go_away(self) -> bytes:
        reason = (
            stream_pb2.GO_AWAY_REASON_DRAINING
            if self._hub.draining
            else stream_pb2.GO_AWAY_REASON_MAXIMUM_AGE
        )
        pause = _RECONNECT_SECONDS + _RECONNECT_SPREAD_SECONDS * self._chance()
        return self._writer.control(go_away=control.go_away(reason, reconnect_after=pause))
