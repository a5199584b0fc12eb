"""`deltastream up` explains what it cannot do, and its exit status says whose it is to mend."""

import os
import socket
from pathlib import Path

import pytest
from tests.mesh.ended_command import ended

from deltastream.runtime.roles import ROLES
from deltastream.supervisor.instance import exclusive

pytestmark = [pytest.mark.mesh, pytest.mark.timeout(180)]


async def test_a_directory_in_which_a_mesh_runs_is_refused(tmp_path: Path) -> None:
    with exclusive(tmp_path / "data"):
        status, said = await ended("up", "--free-ports", "--data-dir", "data", folder=tmp_path)
    assert status == 3
    assert f"process {os.getpid()}" in said
    assert "--data-dir" in said


# What a role finds impossible, it says when all have been started: once is shown quickly.
@pytest.mark.long
async def test_a_file_that_is_no_snapshot_ends_it_with_status_2(tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text('{"shopping": ["milk"]}')
    status, said = await ended(
        "up", "--free-ports", "--data-dir", "data", "--source", f"replay:{file}", folder=tmp_path
    )
    assert status == 2
    assert "notes.json" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        pytest.param(
            ["--source", "bloomberg"],
            "replay:FILE_OR_FOLDER",
            id="unknown source",
            marks=pytest.mark.long,
        ),
        pytest.param(["--products", "NIFTI"], "NIFTY", id="unknown product"),
        pytest.param(
            ["--rate", "-1"], "DELTASTREAM_RATE", id="impossible rate", marks=pytest.mark.long
        ),
        pytest.param(["--clock", "sometimes"], "'always-open', 'real'", id="unknown clock"),
    ],
)
async def test_what_cannot_be_done_is_explained_with_status_2(
    tmp_path: Path, arguments: list[str], hint: str
) -> None:
    status, said = await ended(
        "up", "--free-ports", "--data-dir", "data", *arguments, folder=tmp_path
    )
    assert status == 2
    assert hint in said
    assert "Traceback" not in said


async def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = await ended(
            "up", "--free-ports", "--port", str(port), "--data-dir", "data", folder=tmp_path
        )
    assert status == 3
    assert f"127.0.0.1:{port}" in said
    assert not (tmp_path / "data" / "logs").exists()


async def test_every_command_explains_itself(tmp_path: Path) -> None:
    for words in ([], ["up"], ["version"], *([role.name] for role in ROLES)):
        status, said = await ended(*words, "--help", folder=tmp_path)
        assert status == 0
        assert "Usage: " in said
