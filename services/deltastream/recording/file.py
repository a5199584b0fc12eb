"""Recordings as files: messages of market/v1/recording.proto, each behind its length."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Final, cast

from google.protobuf.message import DecodeError
from google.protobuf.proto import parse_length_prefixed, serialize_length_prefixed

from deltastream.domain.errors import SourceFormatError
from deltastream.market.v1 import recording_pb2
from deltastream.runtime.codec.moments import to_timestamp

VERSION: Final = 1
SUFFIXES: Final = (".dsrec", ".dsrec.gz")
"""How the names of recordings end; the second is compressed by gzip."""

_BUFFER_BYTES: Final = 1024 * 1024
# Speed matters more than the last tenth of the size: a recording is written while the market runs.
_COMPRESSION: Final = 3


def is_recording(path: Path) -> bool:
    """Say whether a file is a recording, by its name."""
    return path.name.endswith(SUFFIXES)


class RecordingWriter:
    """Writes one recording.

    Attributes:
        events: how many events were written, descriptions of products not counted.
    """

    def __init__(self, out: BufferedIOBase, *, description: str, recorded_at: datetime) -> None:
        """Write the header."""
        self.events = 0
        # protobuf's functions need no more than write() and read(); they are declared for BytesIO.
        self._out = cast("BytesIO", out)
        header = recording_pb2.RecordingHeader(
            version=VERSION, recorded_at=to_timestamp(recorded_at), description=description
        )
        serialize_length_prefixed(recording_pb2.RecordedEvent(header=header), self._out)

    def write(self, event: recording_pb2.RecordedEvent) -> None:
        """Append one event, or the description of a product."""
        serialize_length_prefixed(event, self._out)
        self.events += not event.HasField("product")


@contextmanager
def writing(path: Path, *, description: str, recorded_at: datetime) -> Iterator[RecordingWriter]:
    """Write a recording while the block runs, compressed if its name says so.

    What was written stays, also when the block fails: a recording may end after any event.

    Raises:
        OSError: the file cannot be written.
    """
    with _opened(path, "wb") as file:
        yield RecordingWriter(file, description=description, recorded_at=recorded_at)


def read_recording(path: Path) -> Iterator[recording_pb2.RecordedEvent]:
    """Read a recording message by message, the header first.

    Raises:
        SourceFormatError: it is none, or is damaged; the message says where.
    """
    events = _messages(path)
    header = next(events, None)
    if header is None or header.header.version < 1:
        raise SourceFormatError(f"{path} is no recording of DeltaStream: it has no header")
    if header.header.version > VERSION:
        raise SourceFormatError(
            f"{path} is a recording of version {header.header.version}, and this release reads"
            f" version {VERSION}; replay it with the release that wrote it, or a newer one"
        )
    yield header
    yield from events


def _messages(path: Path) -> Iterator[recording_pb2.RecordedEvent]:
    count = 0
    try:
        with _opened(path, "rb") as file:
            while (event := _next(file)) is not None:
                yield event
                count += 1
    except (DecodeError, ValueError, EOFError, gzip.BadGzipFile) as error:
        raise SourceFormatError(
            f"{path} is damaged, or was cut off, after {count} messages; what is before can be"
            " replayed from a copy that ends there"
        ) from error
    except OSError as error:
        raise SourceFormatError(f"{path} cannot be read: {error.strerror or error}") from error


def _next(file: BufferedIOBase) -> recording_pb2.RecordedEvent | None:
    return parse_length_prefixed(recording_pb2.RecordedEvent, cast("BytesIO", file))


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[BufferedIOBase]:
    with path.open(mode, buffering=_BUFFER_BYTES) as plain:
        if not path.name.endswith(".gz"):
            yield cast("BufferedIOBase", plain)
            return
        with gzip.GzipFile(fileobj=plain, mode=mode, compresslevel=_COMPRESSION) as packed:
            yield packed
