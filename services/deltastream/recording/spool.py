"""Turns listings that are newest first into events that are oldest first, on disk."""

from collections.abc import Iterator, Sequence
from typing import IO

from deltastream.market.v1.recording_pb2 import RecordedEvent


class Spool:
    """Keeps the pages of one listing in a file that others use as well.

    A day of chains does not fit into memory; a page does.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Keep pages at the end of a file that can be read and written."""
        self._file = file
        self._pages: list[tuple[int, Sequence[int]]] = []

    def add(self, page: Sequence[RecordedEvent]) -> None:
        """Keep a page, newest first, that follows the one before."""
        encoded = [event.SerializeToString() for event in reversed(page)]
        place = self._file.seek(0, 2)
        self._file.write(b"".join(encoded))
        self._pages.append((place, [len(event) for event in encoded]))

    def oldest_first(self) -> Iterator[RecordedEvent]:
        """Yield all events, in the reverse of the order of the listing."""
        for place, lengths in reversed(self._pages):
            self._file.seek(place)
            page = self._file.read(sum(lengths))
            at = 0
            for length in lengths:
                yield RecordedEvent.FromString(page[at : at + length])
                at += length
