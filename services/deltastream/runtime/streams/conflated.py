"""The newest of everything, for a subscriber that need not have every event."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from deltastream.runtime.streams.event import Update
from deltastream.runtime.streams.mailbox import Mailbox
from deltastream.runtime.streams.writer import FRAME_BYTES, FrameWriter
from deltastream.stream.v1 import stream_pb2


class ConflatedReader:
    """Takes from a mailbox what is newest at the moment of sending, not of arrival."""

    def __init__(self, mailbox: Mailbox, writer: FrameWriter) -> None:
        self.listener = mailbox
        self._writer = writer
        self._took_all = True

    @property
    def is_level(self) -> bool:
        """See the protocol."""
        return self._took_all

    def skip(self, products: AbstractSet[str]) -> None:
        """See the protocol."""
        self.listener.discard(products)

    async def wait(self, seconds: float) -> None:
        """See the protocol."""
        await self.listener.wait(seconds)

    async def read(self) -> Iterator[bytes]:
        """See the protocol. One frame, and before it how many updates were folded into it."""
        updates, folded = self.listener.take(FRAME_BYTES)
        # As of now: what comes while a frame is on its way waits for the next.
        self._took_all = self.listener.is_empty
        return self._frames(updates, folded)

    def _frames(self, updates: Sequence[Update], folded: int) -> Iterator[bytes]:
        if folded:
            yield self._writer.control(lagged=stream_pb2.Lagged(folded=folded))
        yield from self._writer.live(updates)
