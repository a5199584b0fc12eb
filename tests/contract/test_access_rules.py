"""Every RPC states who may call it, and every public one its route."""

import importlib
from collections.abc import Iterator

import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from deltastream.access.v1 import access_pb2
from deltastream.runtime.roles import ROLES


def services() -> Iterator[ServiceDescriptor]:
    for role in ROLES:
        if role.service is not None:
            package, _, name = role.service.rpartition(".")
            module = importlib.import_module(f"{package}.{role.name}_service_pb2")
            yield module.DESCRIPTOR.services_by_name[name]


METHODS = [method for service in services() for method in service.methods]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_every_rpc_states_its_caller(method: MethodDescriptor) -> None:
    role = method.GetOptions().Extensions[access_pb2.rule].role
    assert role != access_pb2.ROLE_UNSPECIFIED


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.full_name)
def test_an_rpc_has_a_route_unless_it_is_internal(method: MethodDescriptor) -> None:
    options = method.GetOptions()
    rule = options.Extensions[access_pb2.rule]
    internal = rule.internal or rule.role == access_pb2.ROLE_SERVICE
    assert options.HasExtension(annotations_pb2.http) is not internal
