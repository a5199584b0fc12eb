"""JSON text as values, more strictly than the standard library reads it."""

import json
from typing import Any, Final, NoReturn

from deltastream.edge.errors.request_errors import MalformedValueError

# The contract's deepest message takes a quarter of it; protobuf's own readers stop at 100.
_DEEPEST: Final = 64
_TOO_DEEP: Final = f"is nested deeper than {_DEEPEST} levels"


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises:
        MalformedValueError: it is no JSON, is nested too deeply, or an object in it has two
            members of one name.
    """
    try:
        text = body.decode()
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise MalformedValueError("", "must be JSON in UTF-8") from None
    except RecursionError:
        raise MalformedValueError("", _TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise MalformedValueError("", f"must be JSON: {error}") from None
    except ValueError:
        raise MalformedValueError("", "has a number with too many digits") from None
    # Most bodies have fewer brackets than that in all, and need not be walked through.
    if body.count(b"[") + body.count(b"{") > _DEEPEST and not _is_within(value, _DEEPEST):
        raise MalformedValueError("", _TOO_DEEP)
    return value


def _is_within(value: Any, depth: int) -> bool:
    """Say whether no value stands inside of more than so many others."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [
            member
            for container in level
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, dict | list)
        ]
        if not level:
            return True
    return False


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedValueError("", "has an object with two members of one name")
    return members


def _no_constant(name: str) -> NoReturn:
    raise MalformedValueError("", f"has {name}, which is no number in JSON; write it as a string")
