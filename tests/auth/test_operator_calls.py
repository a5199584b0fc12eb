"""`deltastream dlq` says who calls: the operator of this machine, or whose token it was given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import jwt
import pytest
from click.testing import CliRunner

from deltastream.auth.settings import AuthSettings
from deltastream.cli import main
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceServicer,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.interceptors.base import Context


class Listening(EnrichmentServiceServicer):
    """Hears what callers say of themselves."""

    def __init__(self) -> None:
        self.heard: list[str | None] = []

    async def ListDeadLetters(
        self, request: pb.ListDeadLettersRequest, context: Context
    ) -> pb.ListDeadLettersResponse:
        metadata = dict(context.invocation_metadata() or ())
        authorization = metadata.get("authorization")
        self.heard.append(None if authorization is None else str(authorization))
        return pb.ListDeadLettersResponse()


@asynccontextmanager
async def serving(servicer: Listening) -> AsyncIterator[str]:
    server = grpc.aio.server()
    add_EnrichmentServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def heard(*words: str) -> str | None:
    """Run `dlq list` against a server, and return the authorization that it was sent."""
    servicer = Listening()
    async with serving(servicer) as address, asyncio.timeout(20):
        arguments = ["dlq", "list", "--address", address, *words]
        result = await asyncio.to_thread(CliRunner().invoke, main, arguments)
    assert result.exit_code == 0, result.output
    (authorization,) = servicer.heard
    return authorization


async def test_the_operator_of_a_data_directory_calls_as_administrator(tmp_path: Path) -> None:
    (key,) = AuthSettings(data_dir=tmp_path).key_files.load_or_create().keys
    authorization = await heard("--data-dir", str(tmp_path))
    assert authorization is not None
    claims = jwt.decode(
        authorization.removeprefix("Bearer "),
        key.key.private.public_key(),
        algorithms=["EdDSA"],
        audience="deltastream",
    )
    assert (claims["sub"], claims["roles"]) == ("operator", ["admin"])


async def test_without_a_key_the_call_is_made_as_nobody(tmp_path: Path) -> None:
    assert await heard("--data-dir", str(tmp_path)) is None


async def test_a_token_that_is_given_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AuthSettings(data_dir=tmp_path).key_files.load_or_create()
    assert await heard("--data-dir", str(tmp_path), "--token", "mine") == "Bearer mine"
    monkeypatch.setenv("DELTASTREAM_TOKEN", "theirs")
    assert await heard("--data-dir", str(tmp_path)) == "Bearer theirs"


async def test_another_machine_gets_no_token_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    usual = Path(".deltastream/synthetic")
    AuthSettings(data_dir=usual).key_files.load_or_create()
    assert await heard() is None
