"""The Python client, where a mesh asks for more than usual TLS."""

from pathlib import Path

import grpc
import pytest
from tests.client.scripted_mesh import scripted_mesh
from tests.fixtures.certificates import Authority, Mount

from deltastream.client import Mesh, Tls
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest

AUTHORITY = Authority.new()


def asking_for_certificates(name: str) -> grpc.ServerCredentials:
    leaf = AUTHORITY.issue([name])
    return grpc.ssl_server_credentials(
        [(leaf.key, leaf.certificate)], AUTHORITY.pem, require_client_auth=True
    )


async def test_it_shows_a_certificate_to_who_asks_for_one(tmp_path: Path) -> None:
    own = Mount.of(tmp_path / "own", AUTHORITY.issue(), AUTHORITY)
    tls = Tls.from_files(
        ca=own.ca, certificate=str(own.certificate), key=own.key, server_name="mesh.example"
    )
    async with scripted_mesh(credentials=asking_for_certificates("mesh.example")) as server:
        address = f"127.0.0.1:{server.port}"
        async with Mesh(address, tls=tls) as mesh:
            answer = await mesh.storage.ListProducts(ListProductsRequest())
            assert list(answer.products) == ["BANKNIFTY", "NIFTY"]
        for unlike in (
            Tls(root_certificates=AUTHORITY.pem, server_name="mesh.example"),
            Tls.from_files(ca=own.ca, certificate=own.certificate, key=own.key),
        ):
            async with Mesh(address, tls=unlike) as mesh:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await mesh.storage.ListProducts(ListProductsRequest(), timeout=2.0)
                assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


def test_how_it_encrypts_is_also_whether() -> None:
    assert repr(Mesh("mesh:8009", tls=Tls())) == "Mesh('mesh:8009', tls=True)"
    with pytest.raises(ValueError, match="contradict"):
        Mesh("http://mesh", tls=Tls())


def test_whom_to_believe_is_said_once() -> None:
    with pytest.raises(ValueError, match="once"):
        Mesh("mesh:8009", tls=Tls(), root_certificates=AUTHORITY.pem)


def test_a_certificate_and_its_key_go_together() -> None:
    leaf = AUTHORITY.issue()
    with pytest.raises(ValueError, match="together"):
        Tls(certificate=leaf.certificate)
    with pytest.raises(ValueError, match="together"):
        Tls(key=leaf.key)
    assert "PRIVATE" not in repr(Tls(certificate=leaf.certificate, key=leaf.key))
