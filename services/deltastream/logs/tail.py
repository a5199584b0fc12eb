"""The log as a stream.

It speaks the protocol of deltastream.stream.v1. The store itself is what waits for a slow reader:
each reads on from where it is, so that none costs memory or holds up another, and one that falls
behind what is kept is told so.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from google.protobuf.duration_pb2 import Duration

from deltastream.logs.encoding import in_parts, level_of
from deltastream.logs.keeper import Keeper
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.ports.log_store import Level, LogFilter, LogRecord, LogStore
from deltastream.ports.windows import Window
from deltastream.runtime.codec.moments import to_timestamp
from deltastream.runtime.streams.token import Position, read_token, write_token
from deltastream.stream.v1 import stream_pb2

_EPOCH: Final = "logs"
_LOG: Final = "log"
_TOGETHER: Final = 200
_DEFAULT_HEARTBEAT: Final = 5.0
_GO_AWAY: Final = stream_pb2.GoAway(
    reason=stream_pb2.GO_AWAY_REASON_DRAINING, reconnect_after=Duration(nanos=250_000_000)
)
# Another process may have written, which wakes nobody here.
_LOOK_SECONDS: Final = 1.0

Frame = pb.TailLogsResponse


class Tail:
    """One reader's stream."""

    def __init__(self, request: pb.TailLogsRequest, *, store: LogStore, keeper: Keeper) -> None:
        """Prepare a stream.

        Args:
            request: one that has passed validation.
            store: where records are read.
            keeper: says when there is something new, and when the role ends.
        """
        self._store = store
        self._keeper = keeper
        self._token = request.resume_token
        self._backlog = request.backlog
        self._wanted = LogFilter(
            services=frozenset(request.services),
            level=level_of(request.level, otherwise=Level.DEBUG),
            trace_id=request.trace_id,
        )
        interval = request.heartbeat_interval
        self._heartbeat = interval.seconds + interval.nanos / 1e9 or _DEFAULT_HEARTBEAT
        self._written = 0
        # Every record up to here was sent, or is not wanted.
        self._position = 0
        # How far the log must be read until the stream is live; None is that it is.
        self._target: int | None = None
        self._newest: datetime | None = None

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Yield frames for as long as they are read, or until the role ends.

        Raises:
            DependencyUnavailableError: the store does not answer.
        """
        self._target = newest = await self._store.newest()
        resumed = _resumed(self._token, newest)
        self._position = newest if resumed is None else resumed
        yield self._frame(started=self._started())
        if resumed is None:
            if self._token:
                yield self._reset(stream_pb2.RESET_REASON_TOKEN_INVALID)
            for frame in await self._snapshot():
                yield frame
        async for frame in self._live():
            yield frame
        yield self._frame(go_away=_GO_AWAY)

    async def _live(self) -> AsyncGenerator[Frame, None]:
        clock = asyncio.get_running_loop().time
        quiet_since = clock()
        while not self._keeper.draining:
            # Taken before reading: what comes meanwhile must wake us.
            news, before = self._keeper.news, self._position
            frames = await self._advance()
            for frame in frames:
                yield frame
            left = quiet_since + self._heartbeat - clock()
            if frames:
                quiet_since = clock()
            elif left <= 0:
                yield self._frame(heartbeat=self._beat())
                quiet_since = clock()
            elif self._position == before:
                await self._keeper.until(news, at_most=min(left, _LOOK_SECONDS))

    async def _advance(self) -> list[Frame]:
        """Read on, and return what there is to say."""
        run = await self._store.read(self._wanted, after=self._position, limit=_TOGETHER)
        if not run.complete:
            self._position = await self._store.newest()
            reset = self._reset(stream_pb2.RESET_REASON_TOKEN_TOO_OLD)
            return [reset, *await self._snapshot()]
        frames = list(self._batches(run.records, through=run.through))
        if self._target is not None and self._position >= self._target:
            self._target = None
            frames.append(self._frame(caught_up=stream_pb2.CaughtUp()))
        return frames

    async def _snapshot(self) -> list[Frame]:
        """Return the newest records up to the position, in the order of their arrival."""
        if not self._backlog:
            return []
        through = self._position
        page = await self._store.query(self._wanted, Window(limit=self._backlog))
        known = (record for record in page.records if record.sequence <= through)
        records = sorted(known, key=lambda record: record.sequence)
        return list(self._batches(records, through=through, snapshot=True))

    def _batches(
        self, records: Sequence[LogRecord], *, through: int, snapshot: bool = False
    ) -> Iterator[Frame]:
        for part in in_parts(records):
            # A token stands for whole frames, and for no more than them.
            self._position = part[-1].sequence
            self._newest = records[-1].entry.timestamp
            yield self._frame(batch=pb.LogBatch(logs=part, snapshot=snapshot))
        self._position = through

    def _frame(self, **frame: Any) -> Frame:
        self._written += 1
        position = Position(_EPOCH, {_LOG: self._position})
        return Frame(sequence=self._written, resume_token=write_token(position), **frame)

    def _reset(self, reason: "stream_pb2.ResetReason.ValueType") -> Frame:
        return self._frame(reset=stream_pb2.Reset(reason=reason))

    def _started(self) -> stream_pb2.Started:
        interval = Duration()
        interval.FromNanoseconds(round(self._heartbeat * 1e9))
        return stream_pb2.Started(
            delivery=stream_pb2.DELIVERY_POLICY_LOSSLESS, heartbeat_interval=interval, epoch=_EPOCH
        )

    def _beat(self) -> stream_pb2.Heartbeat:
        at = self._newest
        return stream_pb2.Heartbeat(last_event_at=None if at is None else to_timestamp(at))


def _resumed(token: str, newest: int) -> int | None:
    """Return where a token goes on; None for no token, and for one of another log."""
    position = read_token(token)
    if position is None or position.epoch != _EPOCH:
        return None
    at = position.sequences.get(_LOG)
    return at if at is not None and at <= newest else None
