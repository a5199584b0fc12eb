"""How a stream gets at what it is to send."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Protocol

from deltastream.runtime.streams.mailbox import Doorbell


class Reader(Protocol):
    """What has come for one subscriber, by its policy."""

    @property
    def listener(self) -> Doorbell:
        """What the hub rings."""
        ...

    @property
    def is_level(self) -> bool:
        """Whether the last read returned all that there was."""
        ...

    def skip(self, products: AbstractSet[str]) -> None:
        """Leave out what has come of some products: it is part of a snapshot."""
        ...

    async def wait(self, seconds: float) -> None:
        """Return when there is something to read, or may be; at the latest after some seconds."""
        ...

    async def read(self) -> Iterator[bytes]:
        """Return the frames of what has come; none where that is nothing.

        They are numbered as they are taken, and all must be taken before the next call.

        Raises:
            DependencyUnavailableError: bus or history do not answer.
            SlowConsumerError: LOSSLESS can no longer be kept.
        """
        ...
