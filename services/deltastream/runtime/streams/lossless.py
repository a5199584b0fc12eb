"""Every event, for a subscriber at its own pace: from the hub, else the bus, else history."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from deltastream.domain.subjects import product_of, subject_of
from deltastream.runtime.errors import SlowConsumerError
from deltastream.runtime.streams.bus_log import Gap, gaps_after
from deltastream.runtime.streams.event import Piece
from deltastream.runtime.streams.followed_log import FollowedLog
from deltastream.runtime.streams.history import History
from deltastream.runtime.streams.hub import StreamHub
from deltastream.runtime.streams.mailbox import Doorbell
from deltastream.runtime.streams.subscription import Subscription
from deltastream.runtime.streams.writer import FrameWriter

_FEW: Final = 64
_MOST: Final = 512
_BYTES: Final = 2 * 1024 * 1024
"""About what a reader holds of the bus at once: so many entries as that is, by those before."""


class LosslessReader:
    """Reads on from the position of its stream, without ever skipping an event.

    A reader that keeps up shares what the hub holds, and costs no question to the bus. One that
    the hub has left behind reads the bus, and one that trimming has overtaken there reads
    history: it holds nothing itself but one read.
    """

    def __init__(
        self,
        *,
        hub: StreamHub,
        wants: Subscription,
        writer: FrameWriter,
        history: History | None,
    ) -> None:
        self.listener = Doorbell(wants.products)
        self._hub = hub
        self._wants = wants
        self._writer = writer
        self._history = history
        self._log: FollowedLog | None = None
        # The number of the next piece in what the hub holds; None is that it must catch up.
        self._next: int | None = None
        self._at_once = _FEW

    @property
    def is_level(self) -> bool:
        """See the protocol."""
        return self._next is not None

    def skip(self, products: AbstractSet[str]) -> None:
        """See the protocol. There is nothing to do: it reads on from the stream's position."""

    async def wait(self, seconds: float) -> None:
        """See the protocol."""
        if self._log is self._hub.log and self._next == self._log.recent.end:
            await self.listener.wait(seconds)
            self.listener.answer()

    async def read(self) -> Iterator[bytes]:
        """See the protocol."""
        if self._log is not self._hub.log:
            self._log, self._next = self._hub.log, None
        pieces = self._keep_up(self._log)
        if pieces is None:
            pieces = await self._catch_up(self._log)
        return self._writer.live(pieces)

    def _keep_up(self, log: FollowedLog) -> list[Piece] | None:
        """Read what the hub holds; None when that does not go on where this reader stands."""
        following = None if self._next is None else log.recent.since(self._next)
        if following is None:
            self._next = None
            return None
        self._next = log.recent.end
        pieces: list[Piece] = []
        positions = dict[str, int]()
        for piece, after in following:
            if not self._wants.concerns(piece.product):
                continue
            at = positions.get(piece.product, self._at(piece.product))
            if at < after:
                self._next = None
                return pieces or None
            if piece.sequence > at:
                positions[piece.product] = piece.sequence
                pieces.append(self._selected(piece))
        return pieces

    async def _catch_up(self, log: FollowedLog) -> list[Piece]:
        """Read the next of what lies between this reader and the hub."""
        behind = {
            product: at
            for product, reached in log.positions.items()
            if self._wants.concerns(product) and (at := self._at(product)) < reached
        }
        if not behind:
            # In one moment: what the hub reads from now on follows in what it holds.
            self._next = log.recent.end
            return []
        if log.recent.covers(behind):
            self._next = log.recent.begin
            if pieces := self._keep_up(log):
                return pieces
            # Of the rest the hub holds nothing: it could not read it.
            self._next = None
        # As it is now: the hub goes on while the bus is asked.
        reached = dict(log.positions)
        held = await self._from_bus(behind)
        # Who has none of a product is owed what the hub has seen of it.
        positions = {
            self._subject(product): at or log.first[product] - 1 for product, at in behind.items()
        }
        # Asked after reading, because trimming may come between.
        gaps = await gaps_after(self._hub.bus, positions)
        pieces = []
        for product in behind:
            gap = gaps.get(self._subject(product))
            if gap is not None:
                pieces += await self._from_history(product, gap)
            else:
                # Entries that were taken out of the log one by one are not waited for.
                pieces += held.get(product) or [_nothing(product, reached[product])]
        return pieces

    async def _from_bus(self, positions: Mapping[str, int]) -> Mapping[str, list[Piece]]:
        most = max(1, self._at_once // len(positions))
        subjects = {self._subject(product): at for product, at in positions.items()}
        entries = await self._hub.bus.tail(subjects, limit=most, wait=0.0)
        if entries:
            length = sum(len(entry.payload) for entry in entries)
            self._at_once = max(1, min(_MOST, _BYTES * len(entries) // max(1, length)))
        held: dict[str, list[Piece]] = {}
        for entry in entries:
            product = product_of(entry.subject)
            reading = self._hub.kind.read(entry)
            piece = reading.piece if reading else _nothing(product, entry.sequence)
            held.setdefault(product, []).append(self._selected(piece))
        return held

    async def _from_history(self, product: str, gap: Gap) -> Sequence[Piece]:
        if self._history is None:
            raise SlowConsumerError(product)
        past = await self._history.read(product, after=gap.after, through=gap.through)
        if not past.complete:
            raise SlowConsumerError(product)
        return [*past.pieces, _nothing(product, gap.through)] if past.exhausted else past.pieces

    def _selected(self, piece: Piece) -> Piece:
        return self._hub.kind.select(piece, self._wants.accepts)

    def _subject(self, product: str) -> str:
        return subject_of(self._hub.kind.subjects, product)

    def _at(self, product: str) -> int:
        return self._writer.sequences.get(product, 0)


def _nothing(product: str, through: int) -> Piece:
    """Say that there is nothing up to a position."""
    return Piece(product=product, sequence=through, encoded=b"")
