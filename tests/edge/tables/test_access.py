"""A table lets in whom its RPC lets in. `make security` asks every table of a whole mesh."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import grpc
import orjson
import pytest
from tests.edge.tables.tables_mesh import STORAGE, edge_before
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.transcoder_mesh import Seen, Storage
from tests.fixtures.grpc_loopback import loopback
from tests.fixtures.token_authority import TokenAuthority

from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.open_streams import OpenStreams
from deltastream.runtime.identity.policy import TokenPolicy
from deltastream.runtime.identity.revocations import Revocations
from deltastream.runtime.identity.verifier import TokenVerifier
from deltastream.storage.v1.storage_service_pb2_grpc import add_StorageServiceServicer_to_server

# Its tokens are made when this file is read, and have to last until the tests are run.
AUTHORITY = TokenAuthority(lifetime=86_400.0)


async def public_keys() -> Mapping[str, Any]:
    return {kid: key.public_key() for kid, key in AUTHORITY.keys.items()}


async def nobody_revoked() -> dict[str, float]:
    return {}


def demanding_tokens() -> TokenPolicy:
    verifier = TokenVerifier(keys=Keyring(public_keys), revocations=Revocations(nobody_revoked))
    return TokenPolicy(verifier, OpenStreams(verifier))


def storage(seen: Seen) -> AbstractAsyncContextManager[grpc.aio.Channel]:
    """Serve a storage that demands tokens."""

    def add(server: grpc.aio.Server) -> None:
        add_StorageServiceServicer_to_server(Storage(seen), server)

    return loopback(add, service=STORAGE, policy=demanding_tokens())


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize(
    ("token", "status", "reason"),
    [
        (None, 401, "CREDENTIALS_MISSING"),
        ("not.a.token", 401, "CREDENTIALS_INVALID"),
        (AUTHORITY.token("nothing"), 403, "ROLE_INSUFFICIENT"),
    ],
    ids=["nobody", "garbage", "of another role"],
)
async def test_who_may_not_ask_is_refused_and_storage_is_not_asked(
    form: str, token: str | None, status: int, reason: str
) -> None:
    seen = Seen()
    async with storage(seen) as channel, edge_before({STORAGE: channel}) as client:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        path = f"/api/tables/products?format={form}"
        async with client.get(path, headers=headers) as response:
            assert response.status == status
            assert reason_of(orjson.loads(await response.read())) == reason
    assert seen.requests == []


async def test_a_reader_is_let_in() -> None:
    async with storage(Seen()) as channel, edge_before({STORAGE: channel}) as client:
        headers = {"Authorization": f"Bearer {AUTHORITY.token('reader')}"}
        async with client.get("/api/tables/products", headers=headers) as response:
            assert response.status == 200
