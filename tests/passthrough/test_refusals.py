"""What the public address refuses, and in which words."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import LoopbackSettings, details_of, reason_of, refusal
from tests.passthrough.public_mesh import (
    GET_FEED_STATUS,
    METHODS,
    PUBLIC,
    STREAM_CHAINS,
    PublicMesh,
    public_mesh,
)
from tests.passthrough.recording import Said, begun, hang, heard, saying

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.edge.contract import SERVICES, path_of
from deltastream.runtime.contract import is_internal
from deltastream.runtime.errors import STATUS_DETAILS_KEY, failure_of

NOT_PUBLIC = tuple(method for method in METHODS if method not in PUBLIC)
REGISTER = "/deltastream.auth.v1.AuthService/Register"


@pytest.fixture
async def mesh() -> AsyncIterator[PublicMesh]:
    async with public_mesh() as running:
        yield running


async def test_internal_methods_are_refused_and_reach_nobody(mesh: PublicMesh) -> None:
    assert NOT_PUBLIC
    assert all(is_internal(path_of(method)) for method in NOT_PUBLIC)
    for method in NOT_PUBLIC:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begun(mesh.public, path_of(method), streaming=False)
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        assert reason_of(caught.value) == "ROLE_INSUFFICIENT"
        (info,) = details_of(caught.value)
        assert isinstance(info, error_details_pb2.ErrorInfo)
        assert dict(info.metadata) == {"required": "SERVICE"}
    assert all(service.seen == [] for service in mesh.services.values())


@pytest.mark.parametrize(
    "path",
    [
        "/deltastream.feed.v1.FeedService/GetFeedStatuses",
        "/deltastream.feed.v2.FeedService/GetFeedStatus",
        "/nobody.Service/Method",
    ],
)
async def test_a_method_that_nobody_has_is_unimplemented(mesh: PublicMesh, path: str) -> None:
    stream = begun(mesh.public, path, streaming=True)
    for answer in (begun(mesh.public, path, streaming=False), stream.read()):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await answer
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert reason_of(caught.value) == "NOT_IMPLEMENTED"
        assert path in (caught.value.details() or "")


async def test_a_service_that_is_away_is_unavailable_and_worth_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        closed = f"127.0.0.1:{unused.getsockname()[1]}"
    async with public_mesh(addresses={"feed": closed}) as mesh:
        started = asyncio.get_running_loop().time()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begun(mesh.public, GET_FEED_STATUS, streaming=False)
        assert asyncio.get_running_loop().time() - started < 15.0
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert reason_of(caught.value) == "DEPENDENCY_UNAVAILABLE"
        assert caught.value.details() == "feed does not answer; try again shortly"
        assert any(isinstance(d, error_details_pb2.RetryInfo) for d in details_of(caught.value))
        # The others go on.
        said = await heard(mesh.public, REGISTER, b"x", streaming=False)
        assert said.code is grpc.StatusCode.OK


async def test_a_services_own_words_of_what_is_away_pass_as_they_are(mesh: PublicMesh) -> None:
    failure = failure_of(DependencyUnavailableError("users"))
    said = Said(
        code=failure.code,
        message=failure.message,
        trailing=((STATUS_DETAILS_KEY, failure.details),),
    )
    mesh.script(saying(said, streaming=False))
    assert await heard(mesh.public, REGISTER, b"", streaming=False) == said


async def test_reflection_lists_the_services_and_describes_their_methods(mesh: PublicMesh) -> None:
    async def described() -> set[str]:
        def ask() -> set[str]:
            with grpc.insecure_channel(f"127.0.0.1:{mesh.port}") as channel:
                return set(ProtoReflectionDescriptorDatabase(channel).get_services())

        return await asyncio.to_thread(ask)

    names = {service.full_name for service in SERVICES}
    assert await described() == names | {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }


async def test_health_says_of_each_service_what_the_service_says(mesh: PublicMesh) -> None:
    await mesh.upstream_health["storage"].drain()
    storage = "deltastream.storage.v1.StorageService"
    await eventually(lambda: mesh.health_of(storage), lambda status: status == "NOT_SERVING")
    assert await mesh.health_of("") == "SERVING"
    for service in SERVICES:
        if service.full_name != storage:
            assert await mesh.health_of(service.full_name) == "SERVING"


async def test_what_is_too_much_is_refused_at_once_and_health_is_not() -> None:
    settings = LoopbackSettings(max_concurrent_calls=3, max_concurrent_streams=2, drain_seconds=0.2)
    async with public_mesh(settings) as mesh:
        stack = ExitStack()
        mesh.script(hang)
        for _ in range(3):
            stack.callback(begun(mesh.public, GET_FEED_STATUS, streaming=False).cancel)
        for _ in range(2):
            stack.callback(begun(mesh.public, STREAM_CHAINS, streaming=True).cancel)

        async def admitted() -> tuple[int, int]:
            return mesh.concurrency.calls.admitted, mesh.concurrency.streams.admitted

        await eventually(admitted, lambda taken: taken == (3, 2))
        refused = (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
        assert await refusal(begun(mesh.public, GET_FEED_STATUS, streaming=False)) == refused
        assert await refusal(begun(mesh.public, STREAM_CHAINS, streaming=True).read()) == refused
        request = health_pb2.HealthCheckRequest()
        watching = health_pb2_grpc.HealthStub(mesh.public).Watch(request, timeout=5)
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVING
        watching.cancel()
        stack.close()
        await eventually(admitted, lambda taken: taken == (0, 0))
        mesh.script(saying(Said(messages=(b"",)), streaming=False))
        await begun(mesh.public, GET_FEED_STATUS, streaming=False)
