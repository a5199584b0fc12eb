"""A mesh in use, and a Prometheus that watches it: what dashboards are asked against."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import socketio
import yaml
from tests.fixtures.eventually import eventually
from tests.fixtures.free_port import free_port
from tests.fixtures.running_mesh import RunningMesh, running_mesh
from tests.observability.built_tools import tool
from tests.observability.observability_files import PROMETHEUS
from tests.observability.started import Started, started

from deltastream.analytics.v1.analytics_service_pb2 import GetMaxPainRequest
from deltastream.client import Mesh

SCRAPE_SECONDS: Final = 1
_PATHS: Final = (
    "/api/data/products",
    "/api/data/chain/NIFTY?page_size=1",
    "/api/analytics/max-pain/NIFTY",
    "/api/analytics/volatility-surface/NIFTY",
    "/api/data/chain/NO-SUCH-PRODUCT",
    "/no/such/route",
)


@asynccontextmanager
async def busy_mesh(folder: Path) -> AsyncIterator[RunningMesh]:
    """Start a mesh that people use: over REST, Socket.IO and gRPC, and some of them wrongly."""
    async with running_mesh(folder / "mesh", "--products", "NIFTY,SPY") as mesh:
        # A chain is streamed a moment before it is stored, and then the first cannot be asked for.
        await eventually(lambda: _answers_about_chains(mesh), bool)
        users = [
            asyncio.create_task(work)
            for work in (_requests(mesh), _chains(mesh), _sign_ins(mesh), _socket(mesh))
        ]
        try:
            yield mesh
            # Whoever has stopped using it has met an error, which is to be seen.
            assert not [each.exception() for each in users if each.done()]
        finally:
            for each in users:
                each.cancel()
            await asyncio.gather(*users, return_exceptions=True)


@asynccontextmanager
async def watching(mesh: RunningMesh, folder: Path) -> AsyncIterator[Started]:
    """Start Prometheus as on one machine, but for where the mesh is, and more often."""
    configuration = yaml.safe_load((PROMETHEUS / "prometheus.local.yml").read_text())
    configuration["global"] |= {
        "scrape_interval": f"{SCRAPE_SECONDS}s",
        "scrape_timeout": f"{SCRAPE_SECONDS}s",
        "evaluation_interval": f"{SCRAPE_SECONDS}s",
    }
    configuration["rule_files"] = [str(PROMETHEUS / "rules" / "*.yml")]
    configuration["alerting"] = {}
    address = f"127.0.0.1:{free_port()}"
    addresses = {**mesh.admin, "prometheus": address}
    for job in configuration["scrape_configs"]:
        for each in job["static_configs"]:
            each["targets"] = [addresses[each["labels"]["role"]]]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration))
    command = (
        tool("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    )
    async with started(*command, url=f"http://{address}", output=folder / "out") as prometheus:
        yield prometheus


async def _answers_about_chains(mesh: RunningMesh) -> bool:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{mesh.http}/api/analytics/max-pain/NIFTY") as answer,
    ):
        return answer.status == 200


async def _requests(mesh: RunningMesh) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            for path in _PATHS:
                async with session.get(f"{mesh.http}{path}") as answer:
                    await answer.read()
            await asyncio.sleep(0.1)


async def _chains(mesh: RunningMesh) -> None:
    async with Mesh(mesh.grpc["public"]) as client:
        async for chain in client.chains("NIFTY"):
            await client.analytics.GetMaxPain(GetMaxPainRequest(product=chain.product))


async def _sign_ins(mesh: RunningMesh) -> None:
    account = {"email": "nobody@example.org", "password": "correct horse"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{mesh.http}/api/auth/register", json=account) as answer:
            answer.raise_for_status()
        while True:
            for password in ("correct horse", "wrong horse"):
                asked = account | {"password": password}
                async with session.post(f"{mesh.http}/api/auth/login", json=asked) as answer:
                    await answer.read()
            await asyncio.sleep(0.5)


async def _socket(mesh: RunningMesh) -> None:
    client = socketio.AsyncClient()
    await client.connect(mesh.http)
    try:
        await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        await client.wait()
    finally:
        await client.disconnect()
