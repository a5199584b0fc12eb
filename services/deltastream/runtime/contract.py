"""What the contract says of a method, read from its descriptor."""

from functools import cache

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from deltastream.access.v1 import access_pb2


@cache
def method_of(path: str) -> MethodDescriptor:
    """Return the descriptor of a method.

    Args:
        path: the full path, "/package.Service/Method".

    Raises:
        KeyError: no loaded contract has it.
    """
    name = path.removeprefix("/").replace("/", ".")
    return descriptor_pool.Default().FindMethodByName(name)


def is_streaming(path: str) -> bool:
    """Say whether the method answers with a stream."""
    # upb has the attribute, and its type stubs lack it.
    return bool(getattr(method_of(path), "server_streaming"))  # noqa: B009 - mypy would object


def has_stream(path: str) -> bool:
    """Say whether the method takes a stream, answers with one, or both."""
    method = method_of(path)
    return is_streaming(path) or bool(getattr(method, "client_streaming"))  # noqa: B009 - as above


@cache
def required_role(path: str) -> "access_pb2.Role.ValueType":
    """Return the role that a method's rule states; ROLE_UNSPECIFIED without a rule."""
    return method_of(path).GetOptions().Extensions[access_pb2.rule].role


@cache
def is_internal(path: str) -> bool:
    """Say whether the method is for within the mesh only."""
    rule = method_of(path).GetOptions().Extensions[access_pb2.rule]
    return rule.internal or rule.role == access_pb2.ROLE_SERVICE
