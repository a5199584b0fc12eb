"""Encoders that are compiled for the shape of a message: the fields that it has.

Messages of one kind nearly always have the same optional fields set as the one before: a source
that states no bid sizes states none for any strike. So an encoder first tries the shape it saw
last, which is one function without a branch per field, and that function itself notices when the
message is of another shape.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from deltastream.edge.proto_json.source import CannotCompileError, compile_shape

Encoder = Callable[[Any], Any]

# Compiling takes about 0.5 ms. A client that posts ever new shapes gets the reference's speed.
_SHAPE_LIMIT: Final = 256


def encode_by_reference(message: Message) -> Any:
    """Encode a message as protobuf's own library does.

    Raises:
        ValueError: it holds something that has no JSON.
    """
    try:
        return json_format.MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
    except (json_format.Error, TypeError) as error:
        raise ValueError(str(error)) from error


class ShapedEncoder:
    """Encodes messages of one type.

    Args:
        descriptor: the type.
        encoder_of: gives the encoder of a field's message type.
        list_encoder_of: gives the encoder of a field that repeats a message type.
    """

    def __init__(
        self,
        descriptor: Descriptor,
        *,
        encoder_of: Callable[[Descriptor], Encoder],
        list_encoder_of: Callable[[Descriptor], Encoder],
    ) -> None:
        self._fields: tuple[FieldDescriptor, ...] = tuple(descriptor.fields)
        self._optional = tuple(field.name for field in self._fields if field.has_presence)
        self._encoder_of = encoder_of
        self._list_encoder_of = list_encoder_of
        self._shapes: dict[tuple[bool, ...], Encoder] = {}
        self._latest: Encoder = _no_shape

    def __call__(self, message: Message) -> Any:
        """Return what orjson writes as the message."""
        encoded = self._latest(message)
        return self._of_another_shape(message) if encoded is None else encoded

    def encode_list(self, messages: Iterable[Message]) -> list[Any]:
        """Return what orjson writes as each of the messages."""
        latest = self._latest
        # An empty dict is false too, and costs no more than the second try.
        return [latest(message) or self(message) for message in messages]

    def _of_another_shape(self, message: Message) -> Any:
        present = tuple(map(message.HasField, self._optional))
        encode = self._shapes.get(present)
        if encode is None:
            if len(self._shapes) == _SHAPE_LIMIT:
                return encode_by_reference(message)
            encode = self._shapes[present] = self._compile(present)
        self._latest = encode
        encoded = encode(message)
        # A number that JSON does not have, which the reference writes as a string.
        return encode_by_reference(message) if encoded is None else encoded

    def _compile(self, present: tuple[bool, ...]) -> Encoder:
        absent = {name for name, there in zip(self._optional, present, strict=True) if not there}
        try:
            return compile_shape(
                self._fields,
                absent,
                encoder_of=self._encoder_of,
                list_encoder_of=self._list_encoder_of,
            )
        except CannotCompileError:
            return encode_by_reference


def _no_shape(_: Message) -> None:
    return None
