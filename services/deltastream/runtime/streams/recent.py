"""The newest entries of all products, for readers who keep up."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from deltastream.runtime.streams.event import Piece

_MOST: Final = 4096
_MOST_BYTES: Final = 4 * 1024 * 1024


class Following(NamedTuple):
    """A piece, and the position of its product that it comes directly after."""

    piece: Piece
    after: int


class Recent:
    """Pieces in the order in which they came, numbered from 0; the oldest give way when it is full.

    It is shared by all readers who get every event: each keeps the number of the piece that it
    reads next, and none of them can hold up or cost another.
    """

    def __init__(self, *, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._pieces: deque[Following] = deque()
        self._bytes = 0
        self._end = 0

    @property
    def begin(self) -> int:
        """The number of the oldest piece; the end where there is none."""
        return self._end - len(self._pieces)

    @property
    def end(self) -> int:
        """The number of the piece that comes next."""
        return self._end

    def append(self, piece: Piece, *, after: int) -> None:
        """Take a piece; `after` is the position of its product until now."""
        self._pieces.append(Following(piece, after))
        self._bytes += len(piece.encoded)
        self._end += 1
        while self._is_overfull():
            self._bytes -= len(self._pieces.popleft().piece.encoded)

    def since(self, number: int) -> Iterator[Following] | None:
        """Return the pieces from a number on; None when that one has given way."""
        count = self._end - number
        if count > len(self._pieces):
            return None
        return iter([self._pieces[-back] for back in range(count, 0, -1)])

    def covers(self, positions: Mapping[str, int]) -> bool:
        """Say whether all that came of some products after a position of each is still here.

        Args:
            positions: of products of which something has come after that.
        """
        beginnings: dict[str, int] = {}
        for piece, after in self._pieces:
            beginnings.setdefault(piece.product, after)
        return all(beginnings.get(p, at + 1) <= at for p, at in positions.items())

    def _is_overfull(self) -> bool:
        held = len(self._pieces)
        return held > self._most or (self._bytes > self._most_bytes and held > 1)
