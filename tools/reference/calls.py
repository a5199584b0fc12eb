"""What each service offers, read from its contract."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.edge.transcoder.http_rule import bindings_of
from deltastream.runtime.contract import is_internal, required_role
from deltastream.runtime.roles import Role

_PROTO: Final = Path(__file__).parents[2] / "proto"
_RPC: Final = re.compile(r"((?:^  //.*\n)+)^  rpc (\w+)\(", re.MULTILINE)
_CALLERS: Final = {
    access_pb2.ROLE_PUBLIC: "anybody",
    access_pb2.ROLE_READER: "readers",
    access_pb2.ROLE_SERVICE: "services",
    access_pb2.ROLE_ADMIN: "administrators",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One RPC.

    Attributes:
        name: of the method.
        purpose: the first sentence of its comment.
        routes: the HTTP requests that stand for it.
        callers: who may call it.
    """

    name: str
    purpose: str
    routes: tuple[str, ...]
    callers: str


def calls_of(role: Role) -> Iterator[Call]:
    """Yield the RPCs of a role, in the order of the contract; a role without a service has none."""
    if role.service is None:
        return
    purposes = _purposes(role)
    service = _service(role)
    routes = _routes(service)
    for method in service.methods:
        yield Call(
            name=method.name,
            purpose=purposes[method.name],
            routes=routes.get(method.name, ()),
            callers=_callers(method),
        )


def _service(role: Role) -> ServiceDescriptor:
    module = importlib.import_module(f"deltastream.{role.name}.v1.{role.name}_service_pb2")
    name = f"{role.name.capitalize()}Service"
    found: ServiceDescriptor = module.DESCRIPTOR.services_by_name[name]
    return found


def _routes(service: ServiceDescriptor) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for binding in bindings_of(service):
        request = f"{binding.http_method} {binding.template}"
        found[binding.method.name] = (*found.get(binding.method.name, ()), request)
    return found


def _callers(method: MethodDescriptor) -> str:
    path = f"/{method.containing_service.full_name}/{method.name}"
    who = _CALLERS[required_role(path)]
    return f"{who}, within the mesh" if is_internal(path) else who


def _purposes(role: Role) -> dict[str, str]:
    """Return the first sentence of each method's comment, without the method's name in it."""
    package = _PROTO / "deltastream" / role.name / "v1"
    text = (package / f"{role.name}_service.proto").read_text(encoding="utf-8")
    return {name: _purpose(name, comment) for comment, name in _RPC.findall(text)}


def _purpose(name: str, comment: str) -> str:
    words = " ".join(line.strip().removeprefix("//").strip() for line in comment.splitlines())
    sentence = re.split(r"(?<=\.) ", words, maxsplit=1)[0].removeprefix(f"{name} ").rstrip(".")
    return f"{sentence[0].upper()}{sentence[1:]}"
