"""A mesh that demands tokens, and accounts that have some."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh, command, environment, running_mesh
from tests.fixtures.token_authority import TokenAuthority

from deltastream.auth.keys import read_key

PRODUCTS: Final = ("BANKNIFTY", "NIFTY")
EMAIL: Final = "ada@example.com"
PASSWORD: Final = "correct horse battery"  # noqa: S105 - a test's
_READY_SECONDS: Final = 30.0
_HOUR: Final = 3600.0
# Brisk, but no updates are folded for clients that poll on a busy machine.
_RATE: Final = "3"
_EXPIRIES: Final = 3


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The mesh as a client knows it.

    Attributes:
        mesh: the processes.
        url: of the edge.
        token: of `EMAIL`, whose password is `PASSWORD` and who may read.
        expired_token: one that was good an hour ago.
    """

    mesh: RunningMesh
    url: str
    token: str
    expired_token: str

    async def newcomer(self, name: str) -> Any:
        """Register somebody; return the answer."""
        return await _register(self.url, f"{name}@example.com")

    async def create_administrator(self, email: str) -> None:
        """Make an administrator, whose password is `PASSWORD`."""
        process = await asyncio.create_subprocess_exec(
            *command("users", "create-admin", "--email", email),
            *("--data-dir", str(self.mesh.data_dir)),
            env=environment(DELTASTREAM_ADMIN_PASSWORD=PASSWORD),
        )
        assert await process.wait() == 0


@asynccontextmanager
async def running_platform(folder: Path) -> AsyncIterator[Platform]:
    """Run it until the block ends; there is data of each product when it begins."""
    data_dir = folder / "mesh"
    options = ["--require-token", "--products", ",".join(PRODUCTS), "--rate", _RATE]
    async with running_mesh(data_dir, *options, DELTASTREAM_BCRYPT_COST="4") as mesh:
        token = str((await _register(mesh.http, EMAIL))["token"])
        await _until_there_is_data(mesh.http, token)
        expired = _expired_token(data_dir)
        yield Platform(mesh=mesh, url=mesh.http, token=token, expired_token=expired)


async def _register(url: str, email: str) -> Any:
    async with (
        aiohttp.ClientSession(url, raise_for_status=True) as session,
        session.post("/api/auth/register", json={"email": email, "password": PASSWORD}) as response,
    ):
        return await response.json()


async def _until_there_is_data(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:

        async def expiries(product: str) -> int:
            async with session.get(f"/api/data/expiries/{product}") as response:
                return len((await response.json()).get("expiries", []))

        for product in PRODUCTS:
            await eventually(
                lambda product=product: expiries(product),  # type: ignore[misc]
                lambda found: found == _EXPIRIES,
                seconds=_READY_SECONDS,
            )


def _expired_token(data_dir: Path) -> str:
    key = read_key(data_dir / "signing-key.pem")
    authority = TokenAuthority(keys={key.kid: key.private})
    return authority.token("reader", issued_at=time.time() - _HOUR, lifetime=600.0)
