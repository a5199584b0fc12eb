"""From an HTTP request to the request message of a method."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from google.protobuf import message_factory
from google.protobuf.message import Message

from deltastream.edge.errors.request_errors import MalformedValueError, UnknownFieldError
from deltastream.edge.reading.field_paths import Leaf, leaves_of
from deltastream.edge.reading.json_reader import read_json
from deltastream.edge.reading.json_text import parse_json
from deltastream.edge.transcoder.http_rule import Binding


class RequestBinder:
    """Builds the request messages of one binding.

    As in grpc-gateway the body comes first, then the path, then the query. Other than there, a
    query parameter that the method does not have is an error, also where the body holds the whole
    message, and so is one that the path gives already.
    """

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._message_type = message_factory.GetMessageClass(binding.method.input_type)
        leaves = {leaf.path: leaf for leaf in leaves_of(binding.method.input_type)}
        self._variables = {name: leaves[name] for name in binding.variables}
        self._query = {path: leaf for path, leaf in leaves.items() if in_query(path, binding)}
        self._by_name = self._query | {leaf.json_path: leaf for leaf in self._query.values()}

    def bind(
        self, *, variables: Mapping[str, str], query: Iterable[tuple[str, str]], body: bytes
    ) -> Message:
        """Return the request message.

        Args:
            variables: what the path holds, unescaped, by dotted field path.
            query: names and values of the query string, unescaped, in order.
            body: the request's body; empty stands for an empty message.

        Raises:
            RequestError: something in it does not fit the message.
        """
        message = self._message_type()
        if self._binding.takes_body and body.strip():
            self._read_body(message, body)
        for name, text in variables.items():
            self._variables[name].fill(message, [text])
        self._read_query(message, query)
        return message

    def _read_body(self, message: Message, body: bytes) -> None:
        value = parse_json(body)
        name = self._binding.body
        read_json(message, value if name == "*" else {name: value})

    def _read_query(self, message: Message, query: Iterable[tuple[str, str]]) -> None:
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for name, text in query:
            texts[self._leaf(name).path].append(text)
        for path, given in texts.items():
            self._query[path].fill(message, given)

    def _leaf(self, name: str) -> Leaf:
        try:
            return self._by_name[name]
        except KeyError:
            pass
        if name in self._variables:
            raise MalformedValueError(name, "is given by the path already")
        raise UnknownFieldError(name, self._query, kind="query parameter")


def in_query(path: str, binding: Binding) -> bool:
    """Say whether a field stands in the query: what neither the path nor the body holds."""
    taken = (*binding.variables, binding.body)
    return binding.takes_query and not any(
        path == name or path.startswith(f"{name}.") for name in taken if name
    )
