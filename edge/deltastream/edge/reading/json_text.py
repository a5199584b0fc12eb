"""JSON text as values, more strictly than the standard library reads it."""

import json
from typing import Any, NoReturn

from deltastream.edge.errors.request_errors import MalformedValueError


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises:
        MalformedValueError: it is no JSON, or an object in it has two members of one name.
    """
    try:
        text = body.decode()
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise MalformedValueError("", "must be JSON in UTF-8") from None
    except RecursionError:
        raise MalformedValueError("", "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise MalformedValueError("", f"must be JSON: {error}") from None
    except ValueError:
        raise MalformedValueError("", "has a number with too many digits") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedValueError("", "has an object with two members of one name")
    return members


def _no_constant(name: str) -> NoReturn:
    raise MalformedValueError("", f"has {name}, which is no number in JSON; write it as a string")
