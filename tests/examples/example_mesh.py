"""The mesh that the examples read, and what its storage holds."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from tests.examples.chain_line import ChainLine
from tests.fixtures.listed_products import until_listed
from tests.fixtures.running_mesh import RunningMesh, running_mesh

PRODUCTS: Final = ("BANKNIFTY", "NIFTY")
_EMAIL: Final = "reader@example.com"
_PASSWORD: Final = "correct horse battery"  # noqa: S105 - a test's
# So short that every program has to renew its token, and so long that none does all the time.
_ACCESS_SECONDS: Final = 12
_STORED_SECONDS: Final = 20.0
_SETTINGS: Final = {
    "DELTASTREAM_ACCESS_MINUTES": str(_ACCESS_SECONDS / 60),
    "DELTASTREAM_BCRYPT_COST": "4",
    "DELTASTREAM_CLIENT_RATE": "0",
    "DELTASTREAM_ACCOUNT_RATE": "0",
    "DELTASTREAM_CREDENTIALS_RATE": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChain:
    """A chain in storage.

    Attributes:
        sequence: orders those of one product.
        line: what is to be printed of it.
    """

    sequence: int
    line: ChainLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleMesh:
    """A mesh that demands tokens, and a reader's ways in.

    Attributes:
        mesh: the mesh.
        api_key: the reader's.
    """

    mesh: RunningMesh
    api_key: str

    @property
    def address(self) -> str:
        """HOST:PORT for gRPC."""
        return self.mesh.grpc["public"]

    @property
    def login(self) -> Mapping[str, str]:
        """Credentials that are right."""
        return {"DELTASTREAM_EMAIL": _EMAIL, "DELTASTREAM_PASSWORD": _PASSWORD}

    async def products(self) -> list[str]:
        """Return the products as REST lists them."""
        async with self.rest() as rest:
            answer = await _answer(rest.get("/api/data/products"))
        return list(answer["products"])

    async def stored(self, through: Sequence[ChainLine]) -> list[StoredChain]:
        """Return all stored chains, by product and sequence, once those are there as well."""
        async with asyncio.timeout(_STORED_SECONDS):
            while True:
                found = [chain for product in PRODUCTS for chain in await self._chains(product)]
                lines = {chain.line for chain in found}
                # What is not printed right is never found: that is for the caller to say.
                newest = {_key(line): line.nanoseconds for line in sorted(lines, key=_time)}
                if all(line.nanoseconds <= newest.get(_key(line), 0) for line in through):
                    return found
                await asyncio.sleep(0.1)

    async def _chains(self, product: str) -> list[StoredChain]:
        query = {"page_size": "1000", "view": "CHAIN_VIEW_SUMMARY", "page_token": ""}
        found: list[StoredChain] = []
        async with self.rest() as rest:
            while True:
                page = await _answer(rest.get(f"/api/data/chain/{product}", params=query))
                found += [
                    StoredChain(sequence=int(each["sequence"]), line=ChainLine.of_json(each))
                    for each in page["chains"]
                ]
                query["page_token"] = page["next_page_token"]
                if not query["page_token"]:
                    return sorted(found, key=lambda chain: chain.sequence)

    def rest(self) -> aiohttp.ClientSession:
        """Return a session of the reader's."""
        return aiohttp.ClientSession(self.mesh.http, headers={"X-Api-Key": self.api_key})


@asynccontextmanager
async def example_mesh(folder: Path) -> AsyncIterator[ExampleMesh]:
    """Run a mesh with a reader inside the block, which begins when every product is stored."""
    options = ("--require-token", "--products", ",".join(PRODUCTS), "--rate", "8")
    async with running_mesh(folder, *options, **_SETTINGS) as up:
        mesh = ExampleMesh(mesh=up, api_key=await _new_reader(up))
        async with mesh.rest() as rest:
            await until_listed(rest, *PRODUCTS)
        yield mesh


async def _new_reader(mesh: RunningMesh) -> str:
    account = {"email": _EMAIL, "password": _PASSWORD}
    async with aiohttp.ClientSession(mesh.http) as rest:
        signed_in = await _answer(rest.post("/api/auth/register", json=account))
        bearer = {"Authorization": f"Bearer {signed_in['token']}"}
        key = await _answer(rest.post("/api/auth/api-keys", json={"name": "test"}, headers=bearer))
    return str(key["secret"])


async def _answer(request: Any) -> Any:
    async with request as response:
        body = await response.json()
        assert response.status == 200, body
        return body


def _key(line: ChainLine) -> tuple[str, str]:
    return line.product, line.expiry


def _time(line: ChainLine) -> int:
    return line.nanoseconds
