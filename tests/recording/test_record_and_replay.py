"""What a mesh is recorded from, another plays: live, or a day that is over."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from tests.fixtures.eventually import eventually
from tests.fixtures.listed_products import until_listed
from tests.fixtures.running_mesh import command, environment, running_mesh

from deltastream.market.v1.recording_pb2 import RecordedEvent
from deltastream.recording.file import read_recording

pytestmark = [pytest.mark.mesh, pytest.mark.long, pytest.mark.timeout(180)]


async def deltastream(*arguments: str) -> tuple[int, str]:
    """Run a command; return its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def events_of(path: Path) -> dict[str, list[RecordedEvent]]:
    """Return the messages of a recording by kind."""
    found: dict[str, list[RecordedEvent]] = {}
    for event in read_recording(path):
        found.setdefault(str(event.WhichOneof("event")), []).append(event)
    return found


def stored(data_dir: Path, table: str) -> set[tuple[str, int, float]]:
    """Return product, time and a figure of every row."""
    figure = {"ticks": "price", "chains": "spot_price"}[table]
    query = f"SELECT product, timestamp, {figure} FROM {table}"  # noqa: S608 - our own names
    file = f"file:{data_dir / 'market.db'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as connection:
        return set(connection.execute(query))


async def test_a_recording_fills_another_mesh_with_the_same_events(tmp_path: Path) -> None:
    live, day = tmp_path / "live.dsrec", tmp_path / "day.dsrec.gz"
    async with running_mesh(tmp_path / "first", "--products", "NIFTY", "--rate", "20") as mesh:
        async with aiohttp.ClientSession(mesh.http) as rest:
            await until_listed(rest, "NIFTY")
        public = mesh.grpc["public"]
        today = datetime.now(tz=ZoneInfo("Asia/Kolkata")).date()
        at_once = await deltastream(
            "record", "--seconds", "4", "--output", str(live), "--address", public
        )
        # The day is that of the exchange.
        afterwards = await deltastream(
            "record", "--date", str(today), "--output", str(day), "--address", public
        )
    assert at_once[0] == 0, at_once[1]
    assert afterwards[0] == 0, afterwards[1]
    recorded = events_of(live)
    assert set(recorded) == {"header", "product", "tick", "quote", "chain"}
    assert not recorded["chain"][0].chain.calls[0].HasField("iv")
    assert set(events_of(day)) == {"header", "product", "tick", "quote", "chain"}

    ticks = {("NIFTY", e.tick.timestamp.ToMicroseconds(), e.tick.price) for e in recorded["tick"]}
    chains = {
        ("NIFTY", e.chain.timestamp.ToMicroseconds(), e.chain.spot_price) for e in recorded["chain"]
    }
    async with running_mesh(tmp_path / "second", "--source", f"replay:{live}", "--speed", "0"):

        async def both() -> tuple[set[tuple[str, int, float]], set[tuple[str, int, float]]]:
            folder = tmp_path / "second"
            return stored(folder, "ticks"), stored(folder, "chains")

        await eventually(both, lambda found: found == (ticks, chains), seconds=60)


async def test_without_a_mesh_it_says_how_to_start_one(tmp_path: Path) -> None:
    status, said = await deltastream(
        "record", "--output", str(tmp_path / "a.dsrec"), "--address", "127.0.0.1:1"
    )

    assert status == 3
    assert "deltastream up" in said
    assert "Traceback" not in said
