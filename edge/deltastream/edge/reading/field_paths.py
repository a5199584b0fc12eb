"""Fields that one text can give, by the dotted paths that paths and query strings name."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.reading.text_values import text_reader_of
from deltastream.edge.reading.time_values import read_duration, read_timestamp

_TIMES: Final[dict[str, Callable[[Any, str], None]]] = {
    "google.protobuf.Timestamp": read_timestamp,
    "google.protobuf.Duration": read_duration,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that texts can give.

    Attributes:
        parents: the message fields on the way to it.
        field: the field itself.
    """

    parents: tuple[FieldDescriptor, ...]
    field: FieldDescriptor

    @property
    def path(self) -> str:
        """Its dotted path, such as "chain.spot_price"."""
        return ".".join(step.name for step in (*self.parents, self.field))

    @property
    def json_path(self) -> str:
        """Its dotted path in lowerCamelCase, such as "chain.spotPrice"."""
        return ".".join(step.json_name for step in (*self.parents, self.field))

    def fill(self, message: Message, texts: Sequence[str]) -> None:
        """Set the field from texts: one, or any number if it repeats.

        Raises:
            MalformedValueError: a text does not fit the field, or there are too many.
        """
        for step in self.parents:
            message = getattr(message, step.name)
        if len(texts) > 1 and not self.field.is_repeated:
            raise MalformedValueError(self.path, "is given more than once")
        if self._alternative_of(message) not in {None, self.field.name}:
            raise MalformedValueError(self.path, "is given beside its alternative")
        for text in texts:
            try:
                self._put(message, text)
            except ValueError as error:
                raise MalformedValueError(self.path, str(error)) from None

    def _alternative_of(self, message: Message) -> str | None:
        group = self.field.containing_oneof
        return None if group is None else message.WhichOneof(group.name)

    def _put(self, message: Message, text: str) -> None:
        name = self.field.name
        if self.field.message_type is not None:
            _TIMES[self.field.message_type.full_name](getattr(message, name), text)
        elif self.field.is_repeated:
            getattr(message, name).append(text_reader_of(self.field)(text))
        else:
            setattr(message, name, text_reader_of(self.field)(text))


def leaves_of(descriptor: Descriptor, parents: tuple[FieldDescriptor, ...] = ()) -> Iterator[Leaf]:
    """Yield all such fields of a message.

    Other messages are followed to their fields, unless they repeat or contain themselves: those
    cannot be given by texts.
    """
    for field in descriptor.fields:
        kind = field.message_type
        if kind is None or (kind.full_name in _TIMES and not field.is_repeated):
            yield Leaf(parents, field)
        elif not field.is_repeated and all(kind != step.message_type for step in parents):
            yield from leaves_of(kind, (*parents, field))
