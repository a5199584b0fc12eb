"""Payload types of the Socket.IO gateway as JSON Schema."""

from types import NoneType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from deltastream.edge.openapi.rules import Schema
from deltastream.edge.sockets.shapes import About

_PLAIN: Final[dict[type, str]] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    float: "number",
    NoneType: "null",
}


class UnknownTypeError(Exception):
    """A member's type that this module cannot say in JSON Schema."""


def schema_of(shape: type, *, closed: bool = False) -> Schema:
    """Return the schema of a payload type.

    Args:
        shape: a TypedDict.
        closed: whether no other members may be sent.

    Raises:
        UnknownTypeError: a member is of a type that is not known here.
    """
    hints = get_type_hints(shape, include_extras=True)
    required = [name for name in hints if name in shape.__required_keys__]  # type: ignore[attr-defined]
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": {name: _value(hint, closed=closed) for name, hint in hints.items()},
        **({"required": required} if required else {}),
        **({"additionalProperties": False} if closed else {}),
    }


def _value(hint: Any, *, closed: bool) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {NotRequired, Required}:
        return _value(arguments[0], closed=closed)
    if origin is Annotated:
        return _value(arguments[0], closed=closed) | _about(arguments[1])
    if origin is Literal:
        return _choice(arguments)
    if origin is list:
        return {"type": "array", "items": _value(arguments[0], closed=closed)}
    if is_typeddict(hint):
        return schema_of(hint, closed=closed)
    return {"type": _type_names(hint, arguments)}


def _about(about: About) -> Schema:
    return {"description": about.text, **about.limits}


def _choice(values: tuple[object, ...]) -> Schema:
    kind = {"type": _PLAIN[type(values[0])]}
    return kind | ({"enum": list(values)} if len(values) > 1 else {"const": values[0]})


def _type_names(hint: Any, alternatives: tuple[Any, ...]) -> str | list[str]:
    try:
        names = [_PLAIN[kind] for kind in alternatives or (hint,)]
    except (KeyError, TypeError):
        raise UnknownTypeError(str(hint)) from None
    return names if len(names) > 1 else names[0]
