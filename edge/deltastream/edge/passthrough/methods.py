"""Whom a public call is for, and who may make it, read from the descriptors."""

from collections.abc import Iterable

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.edge.contract import path_of
from deltastream.runtime.contract import is_internal, required_role


def methods_by_path(services: Iterable[ServiceDescriptor]) -> dict[str, MethodDescriptor]:
    """Return every method of the services by its full path."""
    return {path_of(method): method for service in services for method in service.methods}


def is_public(method: MethodDescriptor) -> bool:
    """Say whether somebody outside of the mesh may call the method at all.

    Which of them may is for its service to decide.
    """
    path = path_of(method)
    return required_role(path) != access_pb2.ROLE_UNSPECIFIED and not is_internal(path)


def role_needed(method: MethodDescriptor) -> str:
    """Return the name of the role that a method's callers need: "SERVICE"."""
    path = path_of(method)
    role = access_pb2.ROLE_SERVICE if is_internal(path) else required_role(path)
    return access_pb2.Role.Name(role).removeprefix("ROLE_")
