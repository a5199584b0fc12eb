"""Roles show one another certificates, and talk to nobody who has none of theirs."""

from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.fixtures.certificates import DAY, Authority, Leaf, Mount
from tests.fixtures.free_port import free_port
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.fixtures.tls_roles import (
    SECONDS,
    SERVICE,
    asking,
    credentials_of,
    refused,
    role,
    serial_seen,
    settings_of,
    tls_of,
)

from deltastream.runtime.channels import open_channel
from deltastream.runtime.settings import MeshSettings
from deltastream.runtime.tls.files import TlsFiles
from deltastream.runtime.tls.mounted import MountedTls

MESH = Authority.new("the mesh")
STRANGER = Authority.new("somebody else")
SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture
def mount(tmp_path: Path) -> Mount:
    return Mount.of(tmp_path / "server", MESH.issue(), MESH)


@pytest.mark.parametrize(
    "target", ["127.0.0.1:{0}", "localhost:{0}", "dns:///localhost:{0}", "ipv4:127.0.0.1:{0}"]
)
@pytest.mark.parametrize("patient", [True, False])
async def test_two_roles_of_a_mesh_see_each_others_certificates(
    tmp_path: Path, mount: Mount, target: str, *, patient: bool
) -> None:
    own = MESH.issue()
    caller = tls_of(Mount.of(tmp_path / "caller", own, MESH))
    async with (
        role(settings_of(mount)) as serves,
        open_channel(
            target.format(serves.port), service="storage", patient=patient, tls=caller.mesh_tls
        ) as channel,
    ):
        assert await serial_seen(channel) == own.serial


async def test_several_addresses_are_expected_to_have_the_name_of_the_first(
    tmp_path: Path, mount: Mount
) -> None:
    caller = tls_of(Mount.of(tmp_path / "caller", MESH.issue(), MESH))
    async with (
        role(settings_of(mount)) as one,
        role(settings_of(mount)) as other,
        open_channel(
            f"ipv4:127.0.0.1:{one.port},127.0.0.1:{other.port}",
            service="storage",
            tls=caller.mesh_tls,
        ) as channel,
    ):
        assert await serial_seen(channel)


@pytest.mark.parametrize(
    "leaf",
    [None, STRANGER.issue(), MESH.issue(ends=-DAY), MESH.issue(begins=DAY, ends=2 * DAY)],
    ids=["none", "of another authority", "expired", "not valid yet"],
)
async def test_a_caller_is_refused_without_a_certificate_that_is_believed(
    mount: Mount, leaf: Leaf | None
) -> None:
    async with role(settings_of(mount)) as serves:
        await refused(serves.address, credentials_of(leaf, MESH))
        # It is the certificate that makes the difference.
        async with grpc.aio.secure_channel(
            serves.address, credentials_of(MESH.issue(), MESH)
        ) as channel:
            assert await serial_seen(channel)


async def test_a_caller_that_does_not_speak_tls_is_refused(mount: Mount) -> None:
    async with role(settings_of(mount)) as serves:
        await refused(serves.address, None)


async def not_believed(settings: LoopbackSettings, caller: MeshSettings) -> None:
    """Call a role whose certificate its caller is not to accept."""
    async with (
        role(settings) as serves,
        open_channel(
            serves.address, service="storage", patient=False, tls=caller.mesh_tls
        ) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await asking(channel)(b"", timeout=SECONDS)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("shown", "believed"),
    [
        (STRANGER.issue(), MESH),
        (MESH.issue(names=["another.example"]), MESH),
    ],
    ids=["of another authority", "for another name"],
)
async def test_a_caller_talks_to_no_server_that_shows_another_certificate(
    tmp_path: Path, shown: Leaf, believed: Authority
) -> None:
    server = Mount.of(tmp_path / "server", shown, MESH)
    caller = tls_of(Mount.of(tmp_path / "caller", MESH.issue(), believed))
    await not_believed(settings_of(server), caller)


async def test_a_server_whose_certificate_has_expired_since_it_began_is_refused(
    tmp_path: Path,
) -> None:
    caller = tls_of(Mount.of(tmp_path / "caller", MESH.issue(), MESH))
    expired = Mount.of(tmp_path / "server", MESH.issue(ends=-DAY), MESH)
    settings = settings_of(Mount.of(tmp_path / "past", MESH.issue(), MESH))
    # As read two days ago.
    settings.__dict__["mesh_tls"] = MountedTls(
        TlsFiles(variables="THEN", certificate=expired.certificate, key=expired.key, ca=expired.ca),
        clock=lambda: datetime.now(UTC) - 2 * DAY,
    )
    await not_believed(settings, caller)


async def test_who_has_no_certificate_asks_for_health_elsewhere_and_for_nothing_else(
    mount: Mount,
) -> None:
    place = f"127.0.0.1:{free_port()}"
    async with (
        role(settings_of(mount, health_listen=place)),
        grpc.aio.insecure_channel(place) as channel,
    ):
        stub = health_pb2_grpc.HealthStub(channel)
        for name in ("", SERVICE):
            request = health_pb2.HealthCheckRequest(service=name)
            assert (await stub.Check(request, timeout=SECONDS)).status == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await asking(channel)(b"", timeout=SECONDS)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_it_says_there_that_it_drains(mount: Mount) -> None:
    place = f"127.0.0.1:{free_port()}"
    async with grpc.aio.insecure_channel(place) as channel:
        async with role(settings_of(mount, health_listen=place)):
            request = health_pb2.HealthCheckRequest(service=SERVICE)
            watch = health_pb2_grpc.HealthStub(channel).Watch(request, timeout=SECONDS)
            assert (await watch.read()).status == SERVING
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
