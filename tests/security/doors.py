"""A mesh that runs as a person runs it and demands tokens, and whoever comes to its doors."""

import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import grpc
import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor
from tests.fixtures.running_mesh import RunningMesh, running_mesh
from tests.fixtures.token_authority import SERVICE_SECRET, TokenAuthority

from deltastream.auth.keys import read_key
from deltastream.auth.v1.auth_service_pb2 import IssueServiceTokenRequest
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub

SECONDS: Final = 10.0
PEOPLE: Final = ("reader", "admin")
PASSWORD: Final = "correct horse battery"  # noqa: S105 - a test's
VARIABLES: Final = {"product": "NIFTY", "expiry": "2026-01-29", "symbol": "NIFTY-20260129-1-CE"}
SETTINGS: Final = {
    "DELTASTREAM_SERVICE_SECRET": SERVICE_SECRET,
    "DELTASTREAM_BCRYPT_COST": "4",
    "DELTASTREAM_CLIENT_RATE": "0",
    "DELTASTREAM_ACCOUNT_RATE": "0",
    "DELTASTREAM_CREDENTIALS_RATE": "0",
    "DELTASTREAM_LOG_LEVEL": "debug",
}
ASKED_FOR: Final = "DELTASTREAM_TEST_SECURITY"
ON_THE_MESH: Final = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]
"""Marks of tests that share the mesh of the session."""
TAKES_ITS_TIME: Final = pytest.mark.skipif(
    not os.environ.get(ASKED_FOR),
    reason=f"takes its time, and is run by `make security`, which sets {ASKED_FOR}",
)
IN_THE_SUITE: Final = [*ON_THE_MESH, pytest.mark.usefixtures("unharmed"), TAKES_ITS_TIME]
"""Marks of those that are run where time is taken for them."""

GONE: Final = "ExecuteBatchError raised in core"
"""What gRPC logs, trace and all, of a reader who leaves while something is sent to them."""

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Doors:
    """A mesh, and what its callers have to show."""

    mesh: RunningMesh
    authority: TokenAuthority
    tokens: Mapping[str, str]

    async def metadata(self, caller: str) -> Metadata:
        """Return what a caller sends; people log in anew, as some calls end their sessions."""
        token = self.tokens.get(caller)
        if caller in PEOPLE:
            token = (await self.log_in(caller))["token"]
        return () if token is None else bearing(token)

    async def log_in(self, name: str) -> Any:
        """Log somebody in who has registered."""
        login = {"email": f"{name}@example.com", "password": PASSWORD}
        async with aiohttp.ClientSession(self.mesh.http) as session:
            return await answer(session.post("/api/auth/login", json=login))

    async def register(self, name: str) -> Any:
        """Register somebody."""
        async with aiohttp.ClientSession(self.mesh.http) as session:
            return await register(session, name)

    def address_of(self, method: MethodDescriptor) -> str:
        """Return where the role answers that has a method."""
        package: str = method.containing_service.full_name
        return self.mesh.grpc[package.split(".")[1]]

    @property
    def public(self) -> str:
        """The public gRPC address."""
        return self.mesh.grpc["public"]

    def logs(self) -> str:
        """Return all that the roles have logged."""
        folder = self.mesh.data_dir / "logs"
        return "".join(path.read_text(errors="replace") for path in sorted(folder.iterdir()))

    def faults(self) -> list[str]:
        """Return the lines in which a role logged a fault of its own."""
        return [
            line
            for line in self.logs().splitlines()
            if "unexpectedly" in line or ("Traceback" in line and GONE not in line)
        ]

    async def is_well(self) -> bool:
        """Say whether every role serves."""
        async with (
            aiohttp.ClientSession(self.mesh.http) as session,
            session.get("/health") as response,
        ):
            return response.status == 200


@asynccontextmanager
async def open_doors(folder: Path, **settings: str) -> AsyncIterator[Doors]:
    """Start a mesh, and let its callers get what they show."""
    async with running_mesh(folder, "--require-token", **(SETTINGS | settings)) as mesh:
        key = read_key(folder / "signing-key.pem")
        authority = TokenAuthority(keys={key.kid: key.private})
        yield Doors(mesh=mesh, authority=authority, tokens=await _tokens(mesh, authority))


async def _tokens(mesh: RunningMesh, authority: TokenAuthority) -> dict[str, str]:
    operator = authority.token("admin", subject="operator", session=None)
    async with aiohttp.ClientSession(mesh.http) as session:
        await register(session, "reader")
        admin = await register(session, "admin")
        await answer(
            session.put(
                f"/api/auth/users/{admin['user']['id']}/roles",
                json={"roles": ["reader", "admin"]},
                headers=dict(bearing(operator)),
            )
        )
    async with grpc.aio.insecure_channel(mesh.grpc["auth"]) as channel:
        service = await AuthServiceStub(channel).IssueServiceToken(
            IssueServiceTokenRequest(service="analytics", secret=SERVICE_SECRET), timeout=SECONDS
        )
    return {
        "garbage": "not.a.token",
        "expired": authority.token("reader", "admin", "service", lifetime=-1.0),
        "service": service.token,
    }


def bearing(token: str) -> Metadata:
    """Return the metadata, or headers, that carry a token."""
    return (("authorization", f"Bearer {token}"),)


async def register(session: aiohttp.ClientSession, name: str) -> Any:
    """Register an account."""
    account = {"email": f"{name}@example.com", "password": PASSWORD}
    return await answer(session.post("/api/auth/register", json=account))


async def answer(request: Any) -> Any:
    """Return the JSON of a request that must succeed."""
    async with request as response:
        body = await response.json()
        assert response.status == 200, body
        return body


def requests_of(method: MethodDescriptor) -> list[tuple[str, str, bool]]:
    """Return the HTTP requests that stand for a method: verb, path, whether they have a body."""
    options = method.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return []
    rule = options.Extensions[annotations_pb2.http]
    found = []
    for one in (rule, *rule.additional_bindings):
        verb: Any = one.WhichOneof("pattern")
        path = re.sub(r"{(\w+)}", lambda m: VARIABLES.get(m[1], "x"), getattr(one, verb))
        found.append((verb.upper(), path, bool(one.body)))
    return found
