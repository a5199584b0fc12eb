"""Meshes in every state that a dashboard can find one in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.faults.proxy import FaultProxy, fault_proxy, to_url
from tests.fixtures.nse_snapshot import nse_snapshot
from tests.fixtures.running_mesh import RunningMesh, running_mesh
from tests.recording.recorded import product, recording, tick

from deltastream.supervisor.ports import free_listeners

PRODUCT: Final = "NIFTY"
OTHER_PRODUCT: Final = "BANKNIFTY"
EXPIRIES: Final = 3
_PRODUCTS: Final = ("--products", f"{PRODUCT},{OTHER_PRODUCT}")
# A chain of each expiry a second: what has to change is seen to change soon.
_BRISK: Final = ("--rate", "5")
_EXCHANGES: Final = ("XNSE",)


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmedMesh:
    """A mesh that is somebody's to harm.

    Attributes:
        mesh: the processes.
        to_storage: the wire between storage and all who call it.
    """

    mesh: RunningMesh
    to_storage: FaultProxy


@asynccontextmanager
async def trading_mesh(folder: Path, *, other_sites: str = "") -> AsyncIterator[RunningMesh]:
    """Run an invented market that is open.

    Args:
        folder: where it keeps everything.
        other_sites: origins whose pages may read it, too.
    """
    settings = {"DELTASTREAM_CORS_ORIGINS": other_sites, "DELTASTREAM_CLIENT_RATE": "0"}
    async with running_mesh(folder / "trading", *_PRODUCTS, *_BRISK, **settings) as mesh:
        yield mesh


@asynccontextmanager
async def harmed_mesh(folder: Path) -> AsyncIterator[HarmedMesh]:
    """Run the same with a wire before storage that can be cut."""
    listeners = free_listeners(port=None)
    storage = f"tcp://{listeners['DELTASTREAM_STORAGE_LISTEN']}"
    async with (
        fault_proxy(to_url(storage), seed=1) as to_storage,
        running_mesh(
            folder / "harmed",
            *_PRODUCTS,
            *_BRISK,
            **listeners,
            DELTASTREAM_STORAGE_ADDRESS=to_storage.address,
            DELTASTREAM_CLIENT_RATE="0",
        ) as mesh,
    ):
        yield HarmedMesh(mesh=mesh, to_storage=to_storage)


@asynccontextmanager
async def empty_mesh(folder: Path) -> AsyncIterator[RunningMesh]:
    """Run a market that has prices and no options."""
    ticks = [tick(seconds, price=25_000 + seconds) for seconds in range(60)]
    prices = recording(folder / "prices.dsrec", [product(PRODUCT), *ticks])
    arguments = ("--source", f"replay:{prices}", "--loop")
    async with running_mesh(folder / "empty", *arguments) as mesh:
        yield mesh


@asynccontextmanager
async def closed_mesh(folder: Path) -> AsyncIterator[RunningMesh]:
    """Run a market that keeps its exchange's hours, on a holiday."""
    calendar = folder / "holidays.toml"
    calendar.write_text(_holidays(datetime.now(UTC)))
    arguments = ("--products", PRODUCT, "--clock", "real")
    settings: Mapping[str, str] = {"DELTASTREAM_CALENDAR_OVERRIDES": str(calendar)}
    async with running_mesh(folder / "closed", *arguments, **settings) as mesh:
        yield mesh


@asynccontextmanager
async def replaying_mesh(folder: Path) -> AsyncIterator[RunningMesh]:
    """Run a captured snapshot, which is over at once."""
    snapshot = nse_snapshot().write(folder / "captured.json")
    async with running_mesh(folder / "replaying", "--source", f"replay:{snapshot}") as mesh:
        yield mesh


@asynccontextmanager
async def guarded_mesh(folder: Path, **settings: str) -> AsyncIterator[RunningMesh]:
    """Run a market of which nothing is shown to strangers.

    Args:
        folder: where it keeps everything.
        settings: further ones.
    """
    arguments = (*_PRODUCTS, *_BRISK, "--require-token")
    async with running_mesh(folder / "guarded", *arguments, **settings) as mesh:
        yield mesh


def _holidays(now: datetime) -> str:
    """Close the exchanges today, whichever day it is where they are."""
    days = [(now + timedelta(days=offset)).date() for offset in (-1, 0, 1)]
    closed = "\n".join(f'{day} = "closed"' for day in days)
    return "\n".join(f"[{exchange}.days]\n{closed}\n" for exchange in _EXCHANGES)
