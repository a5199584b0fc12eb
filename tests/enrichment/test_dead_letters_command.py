"""`deltastream dlq`, as a person and as a program use it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.enrichment.bench import RAW_CHAINS, Bench
from tests.enrichment.faulty import faulty_storage, with_storage
from tests.enrichment.poison import handle
from tests.enrichment.served import served_at
from tests.fixtures.running_mesh import command, environment

from deltastream.ports.bus import Entry

# Some start half a dozen processes, one after the other.
pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True)
class Outcome:
    status: int | None
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


async def dlq(folder: Path, *arguments: str) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        *command("dlq", *arguments),
        cwd=folder,
        # As wide as a terminal is where nobody says otherwise.
        env=environment(COLUMNS="80"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate()
    assert b"Traceback" not in err
    return Outcome(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def mesh(bench: Bench, tmp_path: Path) -> AsyncIterator[Path]:
    """Serve a mesh in the usual data directory of a folder, and return that folder."""
    data_dir = tmp_path / ".deltastream" / "synthetic"
    data_dir.mkdir(parents=True)
    async with served_at(bench) as address:
        (data_dir / "mesh.json").write_text(json.dumps({"grpc": {"enrichment": address}}))
        yield tmp_path


async def test_letters_are_listed_shown_replayed_and_purged(bench: Bench, mesh: Path) -> None:
    ids = await handle(bench, 1, 2, 3, 4, fatal={1, 2, 3})

    listed = await dlq(mesh, "list", "--limit", "2")
    assert [(one["id"], one["event_sequence"]) for one in listed.lines] == [
        (ids[0], "1"),
        (ids[1], "2"),
    ]
    shown = await dlq(mesh, "show", ids[2])
    assert shown.lines[0]["subject"] == RAW_CHAINS
    assert shown.lines[0]["payload"]
    replayed = await dlq(mesh, "replay", ids[1])
    assert replayed.lines == [{"replayed": 1, "failures": []}]
    assert await bench.stored() == [2, 4]
    assert (await dlq(mesh, "purge", ids[0])).lines == [{"purged": 1}]
    assert (await dlq(mesh, "replay")).lines == [{"replayed": 1, "failures": []}]
    assert await bench.stored() == [2, 3, 4]
    assert {one.status for one in (listed, shown, replayed)} == {0}


async def test_people_get_tables(bench: Bench, mesh: Path) -> None:
    none = await dlq(mesh, "list", "--format", "table")
    assert none.out == "There are no dead letters.\n"
    first, _ = await handle(bench, 1, 2, fatal={1, 2})
    listed = await dlq(mesh, "list", "--format", "table", "--limit", "1")
    head, row, *error, more = listed.out.splitlines()
    assert head.split() == ["id", "given", "up", "tries", "event"]
    assert row.split()[0] == first
    assert row.split()[-1] == RAW_CHAINS
    assert " ".join(line.strip() for line in error) == "ZeroDivisionError: float division by zero"
    assert "--limit" in more
    shown = await dlq(mesh, "show", first, "--format", "table")
    assert ["subject", RAW_CHAINS] in [line.split() for line in shown.out.splitlines()]
    assert 'symbol: "NIFTY-20260127-95-CE"' in shown.out
    replayed = await dlq(mesh, "replay", "--format", "table")
    assert replayed.out == "2 replayed, 0 failed again.\n"


async def test_what_fails_again_is_said_and_ends_with_status_1(bench: Bench, mesh: Path) -> None:
    await bench.bus.publish([Entry(subject=RAW_CHAINS, sequence=1, payload=b"\xff [bold]")])
    (letter_id,) = await handle(bench, 2, fatal=())
    outcome = await dlq(mesh, "replay", "--format", "table")
    assert outcome.status == 1
    said, failure, *_ = outcome.out.splitlines()
    assert said == "0 replayed, 1 failed again."
    assert failure.split()[:2] == [letter_id, "DecodeError:"]
    shown = await dlq(mesh, "show", letter_id, "--format", "table")
    assert "ff 20 5b 62 6f 6c 64 5d" in shown.out


async def test_all_are_purged_only_when_that_is_said(bench: Bench, mesh: Path) -> None:
    ids = await handle(bench, 1, 2, fatal={1, 2})
    for arguments in (["purge"], ["purge", ids[0], "--yes"]):
        refused = await dlq(mesh, *arguments)
        assert refused.status == 2
        assert "--yes" in refused.err
    assert len(await bench.letters()) == 2
    assert (await dlq(mesh, "purge", "--yes")).lines == [{"purged": 2}]


async def test_an_id_that_is_none_is_refused(mesh: Path) -> None:
    absent = await dlq(mesh, "show", "17")
    assert absent.status == 2
    assert "there is no dead letter 17" in absent.err
    assert (await dlq(mesh, "show", "NIFTY")).status == 2


async def test_storage_that_is_away_is_said(bench: Bench, tmp_path: Path) -> None:
    await handle(bench, 1, fatal={1})
    async with served_at(with_storage(bench, faulty_storage(bench, "Put"))) as address:
        outcome = await dlq(tmp_path, "replay", "--address", address)
    assert outcome.status == 1
    assert outcome.err == "deltastream dlq: storage does not answer; try again shortly\n"
    assert len(await bench.letters()) == 1


async def test_without_a_mesh_it_says_what_to_do(tmp_path: Path) -> None:
    nobody = await dlq(tmp_path, "list", "--address", "127.0.0.1:1")
    assert nobody.status == 1
    assert "127.0.0.1:1" in nobody.err
    assert "deltastream up" in nobody.err
    no_mesh = await dlq(tmp_path, "list", "--data-dir", str(tmp_path))
    assert no_mesh.status == 2
    assert "no mesh runs in" in no_mesh.err
