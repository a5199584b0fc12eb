"""Who may do what, worked out from the rules that stand in the contract."""

import importlib
from collections.abc import Iterator
from typing import Final

from google.protobuf.descriptor import MethodDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.runtime.roles import ROLES

MISSING: Final = "CREDENTIALS_MISSING"
INVALID: Final = "CREDENTIALS_INVALID"
EXPIRED: Final = "TOKEN_EXPIRED"
INSUFFICIENT: Final = "ROLE_INSUFFICIENT"
REACHED: Final = "reached"
REFUSALS: Final = frozenset({MISSING, INVALID, EXPIRED, INSUFFICIENT})

CALLERS: Final = ("nobody", "garbage", "expired", "reader", "admin", "service")
_UNKNOWN: Final = {"nobody": MISSING, "garbage": INVALID, "expired": EXPIRED}
_ENOUGH: Final = {
    access_pb2.ROLE_PUBLIC: frozenset(CALLERS),
    access_pb2.ROLE_READER: frozenset({"reader", "admin", "service"}),
    access_pb2.ROLE_SERVICE: frozenset({"service"}),
    access_pb2.ROLE_ADMIN: frozenset({"admin"}),
}


def methods() -> Iterator[MethodDescriptor]:
    """Yield every method of every service of the mesh."""
    for role in ROLES:
        if role.service is not None:
            package, _, name = role.service.rpartition(".")
            module = importlib.import_module(f"{package}.{role.name}_service_pb2")
            yield from module.DESCRIPTOR.services_by_name[name].methods


def role_of(method: MethodDescriptor) -> str:
    """Return the role that serves a method."""
    package: str = method.containing_service.full_name
    return package.split(".")[1]


def path_of(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


def is_internal(method: MethodDescriptor) -> bool:
    rule = method.GetOptions().Extensions[access_pb2.rule]
    return rule.internal or rule.role == access_pb2.ROLE_SERVICE


def expected(method: MethodDescriptor, caller: str) -> str:
    """Return what becomes of a call within the mesh: a reason, or that it is REACHED."""
    role = method.GetOptions().Extensions[access_pb2.rule].role
    if caller in _ENOUGH[role]:
        return REACHED
    return _UNKNOWN.get(caller, INSUFFICIENT)


def expected_outside(method: MethodDescriptor, caller: str) -> str:
    """Return what becomes of a call to the public gRPC address."""
    return INSUFFICIENT if is_internal(method) else expected(method, caller)
