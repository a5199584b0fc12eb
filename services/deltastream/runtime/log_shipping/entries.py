"""Events of the log as the contract's entries, cut to what the log service takes."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from deltastream.log_library import format_exc_info
from deltastream.logs.v1 import logs_service_pb2 as pb

_EVENT_BYTES: Final = 8192
_VALUE_BYTES: Final = 16_384
_FIELDS: Final = 64
_NAME_LENGTH: Final = 64
# Less than the contract's limit, for the event and the names.
_TOGETHER_BYTES: Final = 49_152
_CUT: Final = " … (cut)"
_TRACE: Final = re.compile(r"[0-9a-f]{32}")
_SPAN: Final = re.compile(r"[0-9a-f]{16}")
_ELSEWHERE: Final = frozenset({"event", "level", "timestamp", "service"})
_LEVELS: Final[Mapping[str, "pb.LogLevel.ValueType"]] = {
    "debug": pb.LOG_LEVEL_DEBUG,
    "info": pb.LOG_LEVEL_INFO,
    "warning": pb.LOG_LEVEL_WARNING,
    "error": pb.LOG_LEVEL_ERROR,
    "critical": pb.LOG_LEVEL_CRITICAL,
}


def level_of(event: Mapping[str, Any]) -> "pb.LogLevel.ValueType":
    """Return the level of an event, as structlog has it before it is rendered."""
    return level_named(str(event.get("level")))


def level_named(name: str) -> "pb.LogLevel.ValueType":
    """Return the level of a name, in whatever case; INFO of one that is none."""
    return _LEVELS.get(name.lower(), pb.LOG_LEVEL_INFO)


def entry_of(event: Mapping[str, Any]) -> pb.LogEntry:
    """Return an event, as structlog has it before it is rendered, as an entry."""
    facts = dict(format_exc_info(None, "", dict(event)))
    trace_id, span_id = _taken(facts, "trace_id", _TRACE), _taken(facts, "span_id", _SPAN)
    entry = pb.LogEntry(
        level=level_of(facts),
        event=_cut(_text(facts.get("event")) or "-", _EVENT_BYTES),
        trace_id=trace_id,
        span_id=span_id,
        fields=dict(_fields(facts)),
    )
    entry.timestamp.FromDatetime(_moment(facts.get("timestamp")))
    return entry


def _fields(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    left = _TOGETHER_BYTES
    named = (name for name in facts if name and name not in _ELSEWHERE)
    for _, name in zip(range(_FIELDS), named, strict=False):
        value = _cut(_text(facts[name]), min(_VALUE_BYTES, left))
        left -= len(value.encode())
        yield _cut(str(name), _NAME_LENGTH), value


def _taken(facts: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    """Take an id out of the facts; one of another form stays among them."""
    value = facts.get(name)
    if not isinstance(value, str) or form.fullmatch(value) is None:
        return ""
    del facts[name]
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        # Signs that cannot be encoded are no reason to lose an event.
        return value.encode(errors="replace").decode()
    try:
        return json.dumps(value, default=str, ensure_ascii=True)
    except (TypeError, ValueError):
        return repr(value)


def _cut(text: str, most_bytes: int) -> str:
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    room = max(0, most_bytes - len(_CUT.encode()))
    return encoded[:room].decode(errors="ignore") + (_CUT if room else "")


def _moment(timestamp: Any) -> datetime:
    try:
        return datetime.fromisoformat(timestamp)
    except (TypeError, ValueError):
        return datetime.now(UTC)
