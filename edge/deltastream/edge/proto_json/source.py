"""Writes and compiles the function that encodes messages of one shape.

For a tick with its volume absent the source is, with the fields' values numbered in order:

    def encode(message):
        (v0, v1, v2, v3, ) = values(message)
        has = message.HasField
        if has('volume') or has('processed_at'):
            return None
        if not (has('timestamp')):
            return None
        if not (isfinite(v1)):
            return None
        return members(v0, v1, message2(v2), str(v3))

`members` is a dataclass with the fields' names. orjson writes one as it writes a dict, and making
one costs a third: its instances share the table of their names.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import make_dataclass
from keyword import iskeyword
from math import isfinite
from operator import attrgetter
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

_MESSAGE: Final = FieldDescriptor.TYPE_MESSAGE
_DOUBLE: Final = FieldDescriptor.TYPE_DOUBLE
_PLAIN: Final = "{value}"
_TEMPLATES: Final = {
    FieldDescriptor.TYPE_STRING: _PLAIN,
    FieldDescriptor.TYPE_BOOL: _PLAIN,
    FieldDescriptor.TYPE_DOUBLE: _PLAIN,
    FieldDescriptor.TYPE_INT32: _PLAIN,
    FieldDescriptor.TYPE_SINT32: _PLAIN,
    FieldDescriptor.TYPE_UINT32: _PLAIN,
    FieldDescriptor.TYPE_FIXED32: _PLAIN,
    FieldDescriptor.TYPE_SFIXED32: _PLAIN,
    FieldDescriptor.TYPE_INT64: "str({value})",
    FieldDescriptor.TYPE_SINT64: "str({value})",
    FieldDescriptor.TYPE_UINT64: "str({value})",
    FieldDescriptor.TYPE_FIXED64: "str({value})",
    FieldDescriptor.TYPE_SFIXED64: "str({value})",
    FieldDescriptor.TYPE_BYTES: "base64({value})",
    FieldDescriptor.TYPE_ENUM: "enum{number}({value}, {value})",
    FieldDescriptor.TYPE_MESSAGE: "message{number}({value})",
}


class CannotCompileError(Exception):
    """The type has a field that compiled encoders do not know."""


def compile_shape(
    fields: Sequence[FieldDescriptor],
    absent: Collection[str],
    *,
    encoder_of: Callable[[Descriptor], Callable[[Any], Any]],
    list_encoder_of: Callable[[Descriptor], Callable[[Any], Any]],
) -> Callable[[Any], Any]:
    """Return an encoder of messages whose absent optional fields are exactly these.

    The encoder returns None for a message of another shape, and for one that holds a NaN or an
    infinity.

    Args:
        fields: all fields of the type.
        absent: names of those that messages of this shape do not have.
        encoder_of: gives the encoder of a field's message type.
        list_encoder_of: gives the encoder of a field that repeats a message type.

    Raises:
        CannotCompileError: a field is a map, a group, a float, or an enum of its own rules.
    """
    there = [field for field in fields if field.name not in absent]
    scope: dict[str, Any] = {
        "values": _values_of(there),
        "members": _members_of(there),
        "isfinite": isfinite,
        "base64": _base64,
    }
    for number, field in enumerate(there):
        if field.enum_type is not None:
            scope[f"enum{number}"] = _enum_names(field.enum_type).get
        elif field.message_type is not None:
            give = list_encoder_of if field.is_repeated else encoder_of
            scope[f"message{number}"] = give(field.message_type)
    # The source is made of numbers and of the field names of a contract, quoted.
    exec(_source(there, absent), scope)  # noqa: S102 - see above
    encoder: Callable[[Any], Any] = scope["encode"]
    return encoder


def _values_of(there: Sequence[FieldDescriptor]) -> Callable[[Any], tuple[Any, ...]]:
    names = [field.name for field in there]
    if not names:
        return lambda _: ()
    if len(names) == 1:
        name = names[0]
        return lambda message: (getattr(message, name),)
    return attrgetter(*names)


def _members_of(there: Sequence[FieldDescriptor]) -> Callable[..., Any]:
    names = [field.name for field in there]
    for name in names:
        # Such a one is no member, or none that orjson writes.
        if iskeyword(name) or name.startswith("_"):
            raise CannotCompileError(name)
    return make_dataclass("Members", names, eq=False, repr=False)


def _enum_names(enum: EnumDescriptor) -> dict[int, str]:
    if enum.full_name == "google.protobuf.NullValue" or enum.is_closed:
        raise CannotCompileError(enum.full_name)
    return {value.number: value.name for value in reversed(enum.values)}


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def _source(there: Sequence[FieldDescriptor], absent: Collection[str]) -> str:
    lines = [
        "def encode(message):",
        f"    ({''.join(f'v{number}, ' for number in range(len(there)))}) = values(message)",
        "    has = message.HasField",
        *_returning_none(" or ".join(f"has({name!r})" for name in sorted(absent))),
        *_returning_none(_negated(_presence(there))),
        *_returning_none(_negated(_finiteness(there))),
        f"    return members({', '.join(_items(there))})",
    ]
    return "\n".join(lines)


def _returning_none(condition: str) -> list[str]:
    return [f"    if {condition}:", "        return None"] if condition else []


def _negated(conditions: Iterable[str]) -> str:
    every = " and ".join(conditions)
    return f"not ({every})" if every else ""


def _presence(there: Sequence[FieldDescriptor]) -> Iterable[str]:
    for number, field in enumerate(there):
        if not field.has_presence:
            continue
        asked = f"has({field.name!r})"
        # A value that is not the default is there, and asking that is faster.
        yield asked if field.type == _MESSAGE else f"(v{number} or {asked})"


def _finiteness(there: Sequence[FieldDescriptor]) -> Iterable[str]:
    doubles = [
        f"sum(v{number})" if field.is_repeated else f"v{number}"
        for number, field in enumerate(there)
        if field.type == _DOUBLE
    ]
    if doubles:
        # A sum is finite when all its parts are. One that overflows costs the reference's time.
        yield f"isfinite({' + '.join(doubles)})"


def _items(there: Sequence[FieldDescriptor]) -> Iterable[str]:
    for number, field in enumerate(there):
        template = _TEMPLATES.get(field.type)
        if template is None or _is_map(field):
            raise CannotCompileError(field.full_name)
        if not field.is_repeated or field.type == _MESSAGE:
            encoded = template.format(value=f"v{number}", number=number)
        elif template == _PLAIN:
            encoded = f"list(v{number})"
        else:
            each = template.format(value="each", number=number)
            encoded = f"[{each} for each in v{number}]"
        yield encoded


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
