"""Health: the process, its services, and what they depend on."""

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import loopback

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.runtime.background import running
from deltastream.runtime.health import Health, role_probe
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)

SERVICE = "deltastream.storage.v1.StorageService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Dependency:
    """Answers or not, as a test says."""

    def __init__(self, *, up: bool) -> None:
        self.up = up

    async def probe(self) -> None:
        if not self.up:
            raise DependencyUnavailableError("store")


def add(server: grpc.aio.Server) -> None:
    add_StorageServiceServicer_to_server(StorageServiceServicer(), server)


async def status_of(channel: grpc.aio.Channel, name: str) -> int:
    request = health_pb2.HealthCheckRequest(service=name)
    reply = await health_pb2_grpc.HealthStub(channel).Check(request)
    return int(reply.status)


async def test_a_service_serves_when_its_dependencies_do_and_the_process_always() -> None:
    store = Dependency(up=False)
    health = Health(services=(SERVICE,), probes={"store": store.probe})
    async with (
        running(health.watch()),
        loopback(add, service=SERVICE, health=health) as channel,
    ):
        assert await status_of(channel, "") == SERVING
        await eventually(lambda: status_of(channel, SERVICE), lambda status: status == NOT_SERVING)
        assert await status_of(channel, "dependency/store") == NOT_SERVING
        store.up = True
        await eventually(lambda: status_of(channel, SERVICE), lambda status: status == SERVING)
        assert await status_of(channel, "dependency/store") == SERVING


async def test_a_service_asks_only_for_what_it_needs() -> None:
    store, other = Dependency(up=True), Dependency(up=False)
    probes = {"store": store.probe, "other": other.probe}
    health = Health(
        services=(SERVICE, "another"),
        probes=probes,
        needs={SERVICE: ("store",), "another": ("store", "other")},
    )
    async with (
        running(health.watch()),
        loopback(add, service=SERVICE, health=health) as channel,
    ):
        await health.checked()
        assert await status_of(channel, SERVICE) == SERVING
        assert await status_of(channel, "another") == NOT_SERVING


async def test_a_draining_process_serves_nothing() -> None:
    health = Health(services=(SERVICE,), probes={})
    async with (
        running(health.watch()),
        loopback(add, service=SERVICE, health=health) as channel,
    ):
        await eventually(lambda: status_of(channel, SERVICE), lambda status: status == SERVING)
        await health.drain()
        assert await status_of(channel, "") == NOT_SERVING
        assert await status_of(channel, SERVICE) == NOT_SERVING


async def test_a_role_depends_on_whether_another_serves() -> None:
    health = Health(services=(SERVICE,), probes={})
    async with loopback(add, service=SERVICE, health=health) as channel:
        probe = role_probe(channel, SERVICE)
        async with running(health.watch()):
            await eventually(lambda: status_of(channel, SERVICE), lambda status: status == SERVING)
            await probe()
        await health.drain()
        with pytest.raises(DependencyUnavailableError, match="StorageService"):
            await probe()


async def listed(channel: grpc.aio.Channel) -> list[str]:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    call = stub.ServerReflectionInfo()
    await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    reply = await call.read()
    call.cancel()
    return [service.name for service in reply.list_services_response.service]


async def test_reflection_lists_the_services_when_it_is_on() -> None:
    async with loopback(add, service=SERVICE, reflect=True) as channel:
        assert SERVICE in await listed(channel)
