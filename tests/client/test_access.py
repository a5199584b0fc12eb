"""Where a client connects, with whose token, and where it keeps the token to itself."""

import asyncio
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.client.scripted_mesh import batch, chain, client, scripted_mesh

from deltastream.auth.v1.auth_service_pb2 import RefreshRequest
from deltastream.client.errors import ClosedError, UnauthenticatedError
from deltastream.client.mesh import Mesh
from deltastream.client.target import Target
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamChainsRequest
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest

SECONDS = 20.0
SECRET = "s3cret"  # noqa: S105 - a test's


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("localhost:8009", Target(address="localhost:8009", tls=False, loopback=True)),
        ("127.8.0.1:1", Target(address="127.8.0.1:1", tls=False, loopback=True)),
        ("[::1]:8009", Target(address="[::1]:8009", tls=False, loopback=True)),
        ("mesh:8009", Target(address="mesh:8009", tls=False, loopback=False)),
        ("https://mesh", Target(address="mesh:443", tls=True, loopback=False)),
        ("https://mesh:8443/", Target(address="mesh:8443", tls=True, loopback=False)),
        ("https://[::1]", Target(address="[::1]:443", tls=True, loopback=True)),
        ("http://mesh", Target(address="mesh:80", tls=False, loopback=False)),
        ("dns:///mesh:1", Target(address="dns:///mesh:1", tls=False, loopback=False)),
        ("dns:///localhost:1", Target(address="dns:///localhost:1", tls=False, loopback=True)),
        ("unix:///run/mesh", Target(address="unix:///run/mesh", tls=False, loopback=True)),
    ],
)
def test_an_address_says_where_and_how(address: str, expected: Target) -> None:
    assert Target.of(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost",
        "localhost:",
        ":8009",
        "host:port",
        "https://",
        "https://mesh/api",
        "https://ada:pw@mesh",
        "https://mesh?x=1",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_secrets(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|followed by") as caught:
        Target.of(address)
    assert "pw" not in str(caught.value)


def test_an_address_must_not_contradict_what_else_is_said() -> None:
    with pytest.raises(ValueError, match="contradict"):
        Mesh("https://mesh", tls=False)
    with pytest.raises(ValueError, match="contradict"):
        Mesh("http://mesh", root_certificates=b"")


@pytest.mark.parametrize("address", ["mesh:8009", "http://mesh", "dns:///mesh:1", "10.0.0.7:1"])
def test_a_token_is_not_sent_in_the_open_unless_that_is_said(address: str) -> None:
    with pytest.raises(ValueError, match="unencrypted") as caught:
        Mesh(address, token=SECRET)
    assert SECRET not in str(caught.value)
    Mesh(address, token=SECRET, insecure=True)
    Mesh(address)
    Mesh("https://mesh", token=SECRET)


def test_a_token_is_never_shown() -> None:
    mesh = Mesh("localhost:8009", token=SECRET)
    assert repr(mesh) == "Mesh('localhost:8009', tls=False)"
    assert SECRET not in repr(mesh._credentials)


async def test_a_token_goes_with_every_call() -> None:
    async with scripted_mesh() as server, client(server, token=SECRET) as mesh:
        await mesh.storage.ListProducts(ListProductsRequest())
        assert server.storage.metadata[-1]["authorization"] == f"Bearer {SECRET}"
        reading = asyncio.create_task(anext(mesh.chains()))
        call = await server.opened()
        assert call.metadata["authorization"] == f"Bearer {SECRET}"
        call.send(batch(chain(1), after="t1"))
        await reading
        raw = mesh.enrichment.StreamChains(StreamChainsRequest())
        bare = await server.opened()
        assert bare.metadata["authorization"] == f"Bearer {SECRET}"
        await raw.read()
        raw.cancel()


async def test_without_a_token_nothing_is_sent() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        answer = await mesh.storage.ListProducts(ListProductsRequest())
        assert list(answer.products) == ["BANKNIFTY", "NIFTY"]
        assert "authorization" not in server.storage.metadata[-1]


async def test_every_connection_asks_for_a_token_of_its_own() -> None:
    given: list[str] = []

    async def get_token() -> str:
        given.append(f"token-{len(given)}")
        return given[-1]

    async with scripted_mesh() as server, client(server, token=get_token) as mesh:
        reading = asyncio.create_task(anext(mesh.chains()))
        first = await server.call()
        assert first.metadata["authorization"] == "Bearer token-0"
        # It has run out meanwhile: once, that is no reason to stop.
        first.fail(grpc.StatusCode.UNAUTHENTICATED)
        second = await server.call()
        assert second.metadata["authorization"] == "Bearer token-1"
        second.fail(grpc.StatusCode.UNAUTHENTICATED)
        async with asyncio.timeout(SECONDS):
            with pytest.raises(UnauthenticatedError):
                await reading


async def test_a_token_that_cannot_be_got_now_is_asked_for_again() -> None:
    async with scripted_mesh() as server, Mesh("127.0.0.1:1") as nowhere:
        asked = 0

        async def get_token() -> str:
            nonlocal asked
            asked += 1
            if asked == 1:
                await nowhere.auth.Refresh(RefreshRequest())
            return SECRET

        async with client(server, token=get_token) as mesh:
            reading = asyncio.create_task(anext(mesh.chains()))
            call = await server.opened()
            assert call.metadata["authorization"] == f"Bearer {SECRET}"
            call.send(batch(chain(1), after="t1"))
            await reading
        assert asked == 2


async def test_a_mesh_is_used_while_it_is_open() -> None:
    async with scripted_mesh() as server:
        mesh = client(server)
        with pytest.raises(ClosedError):
            _ = mesh.storage
        async with mesh:
            stream = mesh.chains()
        with pytest.raises(ClosedError):
            await anext(stream)
        async with mesh:
            await mesh.storage.ListProducts(ListProductsRequest())


async def test_who_still_reads_when_the_mesh_is_closed_is_told() -> None:
    async with scripted_mesh() as server:
        async with client(server) as mesh:
            reading = asyncio.create_task(anext(mesh.chains()))
            call = await server.opened()
        with pytest.raises(ClosedError):
            await reading
        async with asyncio.timeout(SECONDS):
            await call.ended.wait()


async def test_all_five_services_are_at_one_address() -> None:
    async with scripted_mesh() as server, client(server) as mesh:
        for stub in (mesh.feed, mesh.enrichment, mesh.storage, mesh.analytics, mesh.auth):
            assert type(stub).__name__.endswith("ServiceStub")


def certificate() -> tuple[bytes, bytes]:
    """Return a key, and a certificate that says it is localhost's, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(pem)


async def test_an_encrypted_mesh_is_believed_by_its_certificate_alone() -> None:
    key, root = certificate()
    credentials = grpc.ssl_server_credentials([(key, root)])
    async with scripted_mesh(credentials=credentials) as server:
        url = f"https://localhost:{server.port}"
        async with Mesh(url, token=SECRET, root_certificates=root) as mesh:
            await mesh.storage.ListProducts(ListProductsRequest())
            assert server.storage.metadata[-1]["authorization"] == f"Bearer {SECRET}"
        async with Mesh(url, token=SECRET, root_certificates=certificate()[1]) as mesh:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await mesh.storage.ListProducts(ListProductsRequest())
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
