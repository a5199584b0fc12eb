"""Reads `google.api.http` options: which HTTP requests stand for which method."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from google.api import annotations_pb2, http_pb2
from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor

_VARIABLE: Final = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_.]*)(?:=([^{}]*))?\}")
_WHOLE_MESSAGE: Final = "*"


class HttpRuleError(Exception):
    """A `google.api.http` option makes no sense for its method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One HTTP request that stands for a method.

    Attributes:
        method: the method it stands for.
        http_method: "GET", "POST" ….
        template: the path as the contract writes it, such as "/api/data/chain/{product}".
        variables: dotted paths of the fields that the path holds.
        body: the field that the body holds, "*" for the whole message, or empty for none.
        index: 0 for a method's first binding, then 1 ….
    """

    method: MethodDescriptor
    http_method: str
    template: str
    variables: tuple[str, ...]
    body: str
    index: int

    @property
    def takes_body(self) -> bool:
        """Whether the request has a body."""
        return bool(self.body)

    @property
    def takes_query(self) -> bool:
        """Whether fields may stand in the query string."""
        return self.body != _WHOLE_MESSAGE


def bindings_of(service: ServiceDescriptor) -> Iterator[Binding]:
    """Yield the bindings of a service's methods; a method without any is not offered over HTTP.

    Raises:
        HttpRuleError: an option names a field that the request does not have, a custom method,
            or a response body, which no method of the contract uses.
    """
    for method in service.methods:
        options = method.GetOptions()
        if not options.HasExtension(annotations_pb2.http):
            continue
        rule = options.Extensions[annotations_pb2.http]
        for index, one in enumerate([rule, *rule.additional_bindings]):
            yield _binding(method, one, index)


def variables_of(template: str) -> Iterator[tuple[str, str]]:
    """Yield each variable of a path template with its pattern: ("product", "*")."""
    for match in _VARIABLE.finditer(template):
        yield match[1], match[2] or "*"


def _binding(method: MethodDescriptor, rule: http_pb2.HttpRule, index: int) -> Binding:
    pattern = rule.WhichOneof("pattern")
    if pattern in {None, "custom"} or rule.response_body:
        raise HttpRuleError(f"{method.full_name}: cannot serve the HTTP rule {rule}")
    template: str = getattr(rule, pattern)
    variables = tuple(name for name, _ in variables_of(template))
    for name in variables:
        _check_field(method, name)
    if rule.body not in {"", _WHOLE_MESSAGE}:
        _check_field(method, rule.body)
    return Binding(
        method=method,
        http_method=pattern.upper(),
        template=template,
        variables=variables,
        body=rule.body,
        index=index,
    )


def _check_field(method: MethodDescriptor, path: str) -> None:
    descriptor: Descriptor | None = method.input_type
    for name in path.split("."):
        field = descriptor.fields_by_name.get(name) if descriptor is not None else None
        if field is None:
            raise HttpRuleError(f"{method.full_name}: its request has no field {path}")
        descriptor = field.message_type
