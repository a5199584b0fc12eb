"""What clients may ask for, checked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.shapes import (
    LARGEST_SEQ,
    SYMBOL_PATTERN,
    Credentials,
    Named,
    Wanted,
    members_of,
)
from deltastream.edge.sockets.subjects import Subject, SubjectKind
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_SYMBOL: Final = re.compile(SYMBOL_PATTERN)
_SUBSCRIBE: Final = members_of(Wanted)
_UNSUBSCRIBE: Final = members_of(Named)
_AUTHENTICATE: Final = members_of(Credentials)
_KINDS: Final = {kind.value: kind for kind in SubjectKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A checked `subscribe`.

    Attributes:
        subject: what to receive.
        resume: the `seq` of the last update received; None starts with the latest.
    """

    subject: Subject
    resume: int | None


def read_subscribe(arguments: Sequence[object]) -> Subscription:
    """Check the arguments of `subscribe`: `{type, symbol, resume?}`.

    Raises:
        RefusedError: they are not that.
    """
    fields = _fields(arguments, allowed=_SUBSCRIBE)
    return Subscription(subject=_subject(fields), resume=_resume(fields.get("resume")))


def read_unsubscribe(arguments: Sequence[object]) -> Subject:
    """Check the arguments of `unsubscribe`: `{type, symbol}`.

    Raises:
        RefusedError: they are not that.
    """
    return _subject(_fields(arguments, allowed=_UNSUBSCRIBE))


def read_authenticate(arguments: Sequence[object]) -> dict[str, object]:
    """Check the arguments of `authenticate`: `{token}` or `{api_key}`, as when connecting.

    Raises:
        RefusedError: they are not that.
    """
    return _fields(arguments, allowed=_AUTHENTICATE)


def _fields(arguments: Sequence[object], *, allowed: Sequence[str]) -> dict[str, object]:
    match arguments:
        case [dict() as fields]:
            pass
        case _:
            raise _malformed(f"send one object with the fields {', '.join(allowed)}")
    for name in fields:
        if name not in allowed:
            raise RefusedError(
                ErrorReason.ERROR_REASON_UNKNOWN_FIELD,
                f"there is no field {_quoted(name)}; the fields are {', '.join(allowed)}",
            )
    return fields


def _subject(fields: dict[str, object]) -> Subject:
    kind, symbol = fields.get("type"), fields.get("symbol")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _invalid(f'type must be "product" or "chain", not {_quoted(kind)}')
    if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
        raise _invalid(f"symbol must be a product's symbol such as NIFTY, not {_quoted(symbol)}")
    return Subject(_KINDS[kind], symbol)


def _resume(value: object) -> int | None:
    if value is None:
        return None
    # bool is an int in Python, and not in JSON.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_SEQ:
        raise _invalid(f"resume must be the seq of an update, not {_quoted(value)}")
    return value


def _malformed(message: str) -> RefusedError:
    return RefusedError(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, message)


def _invalid(message: str) -> RefusedError:
    return RefusedError(ErrorReason.ERROR_REASON_VALIDATION_FAILED, message)


def _quoted(value: object, *, longest: int = 40) -> str:
    """Return what a client sent in a length that is fit for a message."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[:longest]}…"
