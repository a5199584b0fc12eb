"""How an entry of the bus is written in a Redis stream.

A sequence counts microseconds where the writer takes it from a clock; a stream's entry id is
`milliseconds-number`. Splitting one into the other keeps order, loses nothing, and leaves the
time of an entry readable in every Redis tool.
"""

from collections.abc import Sequence
from typing import Any, Final

from deltastream.domain.traceparent import is_traceparent
from deltastream.ports.bus import Entry

PAYLOAD: Final = b"p"
"""The field that every stream entry has."""

TRACEPARENT: Final = b"t"
"""The other one, of entries whose trace is recorded."""

_PREFIX: Final = "deltastream:"


def key_of(subject: str) -> str:
    """Name the stream of a subject."""
    return f"{_PREFIX}{subject}"


def subject_of_key(key: bytes) -> str:
    """Name the subject of a stream made by `key_of`."""
    return key.decode().removeprefix(_PREFIX)


def entry_id(sequence: int) -> str:
    """Write a sequence as an entry id. 0 becomes 0-0, the place before every entry."""
    return f"{sequence // 1000}-{sequence % 1000}"


def sequence_of(identifier: bytes) -> int:
    """Read the sequence from an entry id made by `entry_id`."""
    milliseconds, _, rest = identifier.partition(b"-")
    return int(milliseconds) * 1000 + int(rest)


def decode(subject: str, rows: Sequence[Any]) -> list[Entry]:
    """Read entries as they come over the wire: pairs of id and fields, names before values."""
    return [_entry(subject, identifier, fields) for identifier, fields in rows]


def _entry(subject: str, identifier: bytes, fields: Sequence[bytes]) -> Entry:
    values = dict(zip(fields[::2], fields[1::2], strict=True))
    return Entry(
        subject=subject,
        sequence=sequence_of(identifier),
        payload=values[PAYLOAD],
        traceparent=_traceparent(values.get(TRACEPARENT)),
    )


def _traceparent(value: bytes | None) -> str | None:
    """Read what somebody else may have written; an event is no worse for having none."""
    if value is None:
        return None
    text = value.decode("ascii", errors="replace")
    return text if is_traceparent(text) else None


def decode_streams(reply: Any) -> list[Entry]:
    """Read the reply of XREAD: per stream, its key and its entries."""
    return [entry for key, rows in reply for entry in decode(subject_of_key(key), rows)]
