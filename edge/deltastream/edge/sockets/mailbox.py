"""What waits for one client: bounded, whatever the client's pace."""

import asyncio
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

PacketT = TypeVar("PacketT")


class Mailbox(Generic[PacketT]):
    """A queue of packets in which a newer update takes the place of an older one.

    It is the send queue of one Engine.IO session and offers what that expects of an asyncio.Queue
    (`put`, `put_nowait`, `get`, `get_nowait`, `task_done`, `join`), and `offer` for updates.

    While its reader waits for something to come, an update goes to `outlet` instead, if there is
    one and it takes it: the reader need not wake up for what can be written at once.

    Updates of one subject leave together, in the order in which they were offered; subjects, and
    replies among them, leave in the order in which they began to wait. So `seq` never goes back,
    and a busy subject never starves a quiet one.

    When it is full: an update finds at most one predecessor of its key waiting and replaces it
    (`folded` counts that), so updates are bounded by the number of keys in the market. Replies
    beyond `reply_limit` are dropped and set `overflowed`: who asks without reading the answers is
    to be disconnected.
    """

    def __init__(self, *, reply_limit: int, batch_limit: int) -> None:
        """Make an empty mailbox.

        Args:
            reply_limit: the most packets that wait beside updates.
            batch_limit: the most packets that one `get` and the `get_nowait`s after it hand out.
        """
        self._lanes: OrderedDict[Hashable, dict[Hashable, PacketT | None]] = OrderedDict()
        self._leaving: deque[PacketT | None] = deque()
        self._readers: deque[asyncio.Future[PacketT | None]] = deque()
        self._reply_numbers = itertools.count()
        self._reply_limit = reply_limit
        self._replies = 0
        self._batch_limit = batch_limit
        self._batch_left = 0
        self.folded = 0
        self.overflowed = False
        self.outlet: Callable[[PacketT], bool] | None = None

    def __len__(self) -> int:
        return len(self._leaving) + sum(len(lane) for lane in self._lanes.values())

    def offer(self, subject: tuple[str, ...], key: Hashable, packet: PacketT) -> bool:
        """Put an update in, in the place of the one with its key that still waits, if any.

        Returns:
            Whether one waited, which will not be sent.
        """
        if self.outlet is not None and self._is_awaited() and self.outlet(packet):
            return False
        if self._hand_over(packet):
            return False
        lane = self._lanes.setdefault(subject, {})
        # Taking the old one out first moves the key to the end: updates leave in offered order.
        waited = lane.pop(key, None) is not None
        self.folded += waited
        lane[key] = packet
        return waited

    def replace(
        self, subject: tuple[str, ...], packets: Iterable[tuple[Hashable, PacketT]]
    ) -> None:
        """Put other updates in the place of all of a subject that still wait."""
        self._lanes.pop(subject, None)
        for key, packet in packets:
            self.offer(subject, key, packet)

    def put_nowait(self, packet: PacketT | None) -> None:
        """Put a reply or a packet of the protocol in; None tells the reader to end."""
        if self._hand_over(packet):
            return
        if packet is not None and self._replies >= self._reply_limit:
            self.overflowed = True
            return
        self._replies += 1
        self._lanes[next(self._reply_numbers)] = {None: packet}

    async def put(self, packet: PacketT | None) -> None:
        """Do as `put_nowait`: nobody who sends ever waits for one client."""
        self.put_nowait(packet)

    def get(self) -> asyncio.Future[PacketT | None]:
        """Return the next packet, when there is one, and begin a batch.

        A future, not a coroutine: `asyncio.wait_for` would spend a task on each of those.
        """
        reader: asyncio.Future[PacketT | None] = asyncio.get_running_loop().create_future()
        self._batch_left = self._batch_limit - 1
        if self._fill():
            reader.set_result(self._leaving.popleft())
        else:
            self._readers.append(reader)
        return reader

    def get_nowait(self) -> PacketT | None:
        """Return the next packet of the batch.

        Raises:
            asyncio.QueueEmpty: nothing waits, or the batch is full.
        """
        if self._batch_left == 0 or not self._fill():
            raise asyncio.QueueEmpty
        self._batch_left -= 1
        return self._leaving.popleft()

    def task_done(self) -> None:
        """Do nothing: see `join`."""

    async def join(self) -> None:
        """Return at once: closing a session must not wait for a client that stopped reading."""

    def _hand_over(self, packet: PacketT | None) -> bool:
        """Give the packet to a waiting reader."""
        if not self._is_awaited():
            return False
        self._readers.popleft().set_result(packet)
        return True

    def _is_awaited(self) -> bool:
        """Say whether a reader waits; then nothing else can be waiting here."""
        while self._readers and self._readers[0].done():
            self._readers.popleft()
        return bool(self._readers)

    def _fill(self) -> bool:
        """Let the subject that waits longest leave, if none is leaving; say whether one is."""
        if not self._leaving and self._lanes:
            subject, lane = self._lanes.popitem(last=False)
            if isinstance(subject, int):
                self._replies -= 1
            self._leaving.extend(lane.values())
        return bool(self._leaving)
