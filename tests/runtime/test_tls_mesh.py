"""The whole mesh in TLS, inside and out, with certificates that are replaced while it runs."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import grpc
import pytest
import pytest_asyncio
from tests.fixtures.certificates import Authority, Mount
from tests.fixtures.eventually import eventually
from tests.fixtures.listed_products import until_listed
from tests.fixtures.running_mesh import RunningMesh, command, environment, running_mesh
from tests.fixtures.tls_roles import credentials_of, refused, serial_shown

from deltastream.client import LOSSLESS, Mesh
from deltastream.runtime.roles import ROLES
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
INSIDE = Authority.new("inside")
OUTSIDE = Authority.new("outside")
SECONDS = 30.0
EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"


@dataclass(frozen=True)
class Encrypted:
    """A mesh, and what it was told to use."""

    mesh: RunningMesh
    inside: Mount
    outside: Mount

    def client(self) -> Mesh:
        address = self.mesh.grpc["public"]
        return Mesh(address, root_certificates=OUTSIDE.pem, login=(EMAIL, PASSWORD))

    def browser(self) -> aiohttp.ClientSession:
        trusted = ssl.create_default_context(cadata=OUTSIDE.pem.decode())
        return aiohttp.ClientSession(self.mesh.http, connector=aiohttp.TCPConnector(ssl=trusted))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def encrypted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Encrypted]:
    folder: Path = tmp_path_factory.mktemp("tls")
    inside = Mount.of(folder / "inside", INSIDE.issue(), INSIDE)
    outside = Mount.of(folder / "outside", OUTSIDE.issue())
    told = inside.mesh | outside.public
    async with running_mesh(
        folder / "data", "--products", "NIFTY", "--replicas", "2", "--require-token", **told
    ) as mesh:
        encrypted = Encrypted(mesh=mesh, inside=inside, outside=outside)
        reader = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
        async with encrypted.browser() as session:
            async with session.post("/api/auth/register", json=reader) as response:
                assert response.status == 200
                token = (await response.json())["token"]
            session.headers["Authorization"] = f"Bearer {token}"
            await until_listed(session, "NIFTY")
        yield encrypted


async def test_all_roles_serve_and_the_edge_says_so_over_https(encrypted: Encrypted) -> None:
    assert encrypted.mesh.http.startswith("https://")
    async with encrypted.browser() as session, session.get("/health") as response:
        assert (await response.json())["status"] == "SERVING"
        assert "Strict-Transport-Security" in response.headers


@pytest.mark.parametrize(("scheme", "status"), [("https", 200), ("http", 400)])
async def test_pages_of_the_edge_itself_may_connect_to_socket_io(
    encrypted: Encrypted, scheme: str, status: int
) -> None:
    place = encrypted.mesh.http.partition("://")[2]
    async with (
        encrypted.browser() as session,
        session.get(
            "/socket.io/?EIO=4&transport=polling", headers={"Origin": f"{scheme}://{place}"}
        ) as response,
    ):
        assert response.status == status


@pytest.mark.parametrize("role", [role.name for role in ROLES if role.service])
async def test_no_role_answers_who_has_no_certificate_of_the_mesh(
    encrypted: Encrypted, role: str
) -> None:
    address = encrypted.mesh.grpc[role]
    await refused(address, None)
    await refused(address, credentials_of(None, INSIDE))
    await refused(address, credentials_of(OUTSIDE.issue(), INSIDE))


async def test_a_certificate_of_the_mesh_is_no_token(encrypted: Encrypted) -> None:
    credentials = credentials_of(INSIDE.issue(), INSIDE)
    async with grpc.aio.secure_channel(encrypted.mesh.grpc["storage"], credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await StorageServiceStub(channel).ListProducts(ListProductsRequest(), timeout=SECONDS)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_the_public_address_wants_no_certificate(encrypted: Encrypted) -> None:
    await refused(encrypted.mesh.grpc["public"], None)
    async with encrypted.client() as mesh:
        answer = await mesh.storage.ListProducts(ListProductsRequest(), timeout=SECONDS)
        assert list(answer.products) == ["NIFTY"]


async def test_the_operators_commands_use_the_certificate_of_the_mesh(encrypted: Encrypted) -> None:
    words = command("dlq", "list", "--data-dir", str(encrypted.mesh.data_dir))
    for told, status in [(encrypted.inside.mesh, 0), ({}, 1)]:
        process = await asyncio.create_subprocess_exec(
            *words,
            env=environment(**told),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(SECONDS):
            assert await process.wait() == status


async def logged(mesh: RunningMesh, event: str) -> dict[str, int]:
    """Return how often each process has logged an event."""
    files = (mesh.data_dir / "logs").glob("*.log")
    return {
        file.stem: file.read_text(encoding="utf-8").count(f'"{event}"')
        for file in files
        if file.stem != "redis"
    }


async def test_certificates_and_authority_are_replaced_under_a_stream(encrypted: Encrypted) -> None:
    mesh, inside, outside = encrypted.mesh, encrypted.inside, encrypted.outside
    new = Authority.new("inside, the next")
    port_of = {name: int(address.rpartition(":")[2]) for name, address in mesh.grpc.items()}
    public = port_of.pop("public")
    gaps: list[object] = []
    async with encrypted.client() as client:
        chains = client.chains("NIFTY", delivery=LOSSLESS, on_gap=gaps.append)
        first = await anext(chains)
        ended = await logged(mesh, "stream_passed")
        for number, (leaf, authorities) in enumerate(
            [
                (INSIDE.issue(), (INSIDE, new)),
                (new.issue(), (INSIDE, new)),
                (new.issue(), (new,)),
            ],
            start=1,
        ):
            inside.replace(leaf, *authorities)
            for port in port_of.values():
                assert await serial_shown(port, mount=inside) == leaf.serial
            await eventually(
                lambda: logged(mesh, "tls_files_renewed"),
                lambda counts, number=number: set(counts.values()) == {number},  # type: ignore[misc]
                seconds=SECONDS,
            )
        renewed = OUTSIDE.issue()
        outside.replace(renewed)
        for port in (public, int(mesh.http.rpartition(":")[2])):
            assert await serial_shown(port) == renewed.serial
        async with asyncio.timeout(SECONDS):
            later = await anext(chains)
        assert later.timestamp.ToNanoseconds() >= first.timestamp.ToNanoseconds()
        async with encrypted.client() as another:
            answer = await another.storage.ListProducts(ListProductsRequest(), timeout=SECONDS)
            assert list(answer.products) == ["NIFTY"]
        # A machine that stands still for a moment breaks connections whatever they are secured by.
        broken = await logged(mesh, "Stream removed (ping timeout)")
        passed = await logged(mesh, "stream_passed")
        assert passed["edge"] - ended["edge"] <= broken["edge"]
    assert gaps == []
    # There was one to be counted.
    await eventually(
        lambda: logged(mesh, "stream_passed"),
        lambda counts: counts["edge"] > ended["edge"],
        seconds=SECONDS,
    )
    for role in port_of:
        await refused(mesh.grpc[role], credentials_of(INSIDE.issue(), new))
    assert not any((await logged(mesh, "tls_certificate_not_accepted")).values())
