"""The image as the Dockerfile's own steps make it: small, bare, and able to run every role."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.deploy.deployment_files import DATA_DIRECTORY, ROOT
from tests.deploy.dockerfile import stages
from tests.fixtures.free_port import free_port
from tests.image.container import container

from deltastream.runtime.redis_executable import find_redis_server

pytestmark = pytest.mark.timeout(1800)

MEGABYTE: Final = 1_000_000
RUNTIME = stages()["runtime"]
ENVIRONMENT = RUNTIME.environment
HEALTH_CHECK = json.loads(RUNTIME.all("HEALTHCHECK")[0].partition("CMD ")[2])
ENTRY_POINT = json.loads(RUNTIME.all("ENTRYPOINT")[0])


def _files(tree: Path) -> Iterator[Path]:
    return (file for file in tree.rglob("*") if file.is_file() and not file.is_symlink())


def test_its_contents_are_at_most_250_megabytes(image: Path) -> None:
    # All of it, the interpreter and the C library included: it is made from scratch.
    size = sum(file.stat().st_size for file in _files(image))
    sys.stdout.write(f"the image has {size / MEGABYTE:.1f} MB\n")
    assert size <= 250 * MEGABYTE


def test_it_has_no_shell_no_installer_and_nothing_with_privileges(image: Path) -> None:
    names = {file.name for file in _files(image) if file.stat().st_mode & 0o111}
    assert not names & {"sh", "bash", "dash", "busybox", "apt-get", "dpkg", "pip", "ensurepip"}
    assert "python3.11" in names
    assert [file for file in _files(image) if file.stat().st_mode & 0o6000] == []


def test_only_the_data_folder_and_tmp_can_be_written_by_its_user(image: Path) -> None:
    def is_writable(path: Path) -> bool:
        status = path.lstat()
        return status.st_uid == 10001 or bool(status.st_mode & 0o002)

    entries = [path for path in image.rglob("*") if not path.is_symlink()]
    writable = {f"/{path.relative_to(image)}" for path in entries if is_writable(path)}
    assert writable == {DATA_DIRECTORY, "/tmp"}  # noqa: S108 - a path that is looked at


def test_scanners_find_the_packages_that_its_files_are_of(image: Path) -> None:
    listed = {file.name for file in (image / "var/lib/dpkg/status.d").iterdir()}
    assert {"libc6", "libssl3", "libsqlite3-0"} <= listed
    assert list(image.glob("opt/deltastream/lib/python3*/site-packages/grpcio-*.dist-info"))


def test_a_role_serves_is_healthy_and_ends_when_it_is_asked(
    image: Path, data: Path, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    told = {
        "DELTASTREAM_AUTH_LISTEN": f"127.0.0.1:{free_port()}",
        "DELTASTREAM_DRAIN_SECONDS": "5",
    }
    with container(
        image, [*ENTRY_POINT, "auth"], environment=ENVIRONMENT | told, data=data, said=said
    ) as auth:
        # The check finds the role by itself, in the command of the first process.
        auth.wait_until_healthy(*HEALTH_CHECK)
        assert auth.first_process().uids().effective == 10001
        status, seconds = auth.end()
    assert status == 0, said.read_text(encoding="utf-8")
    assert seconds < 10
    for line in said.read_text(encoding="utf-8").splitlines():
        json.loads(line)
    assert {path.name for path in data.iterdir()} >= {"users.db"}


def test_the_health_check_fails_where_nothing_serves(
    image: Path, data: Path, tmp_path: Path
) -> None:
    # A role that was told another port than the one that is asked.
    command = ["python", "-c", "import time; time.sleep(60)", "auth"]
    told = {"DELTASTREAM_AUTH_LISTEN": f"127.0.0.1:{free_port()}"}
    with container(
        image, command, environment=ENVIRONMENT | told, data=data, said=tmp_path / "said"
    ) as idle:
        answer = idle.run(*HEALTH_CHECK)
    assert answer.returncode == 1
    assert "UNAVAILABLE" in answer.stderr


@pytest.fixture
def redis_port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = [str(find_redis_server()), "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - a fixed one
        try:
            yield port
        finally:
            server.terminate()


def _priced_chain(edge: str) -> str:
    with urllib.request.urlopen(f"http://{edge}/api/data/chain/NIFTY", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def test_the_whole_mesh_runs_in_it_and_prices_options(
    image: Path, data: Path, tmp_path: Path, redis_port: int
) -> None:
    said = tmp_path / "said"
    port = free_port()
    told = {
        "DELTASTREAM_BUS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "DELTASTREAM_PRODUCTS": "NIFTY",
        "DELTASTREAM_LOG_FORMAT": "json",
    }
    command = [*ENTRY_POINT, "up", "--free-ports", "--port", str(port)]
    with container(image, command, environment=ENVIRONMENT | told, data=data, said=said) as mesh:
        deadline = time.monotonic() + 120
        chain = ""
        while '"iv"' not in chain:
            waits = time.monotonic() < deadline and not mesh.has_ended()
            assert waits, f"{chain[:2000]}\n{said.read_text(encoding='utf-8')[-4000:]}"
            try:
                chain = _priced_chain(f"127.0.0.1:{port}")
            except OSError:
                time.sleep(0.5)
        status, _ = mesh.end()
    assert status == 0, said.read_text(encoding="utf-8")


def _python(packages: Path, *words: str) -> str:
    """Run this checkout's Python with the image's packages before its own."""
    answer = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-4000:]
    return answer.stdout


def test_mathematics_in_it_is_what_it_is_outside(image: Path) -> None:
    """Pruned and stripped, NumPy and SciPy still pass the tests of what is built on them."""
    (packages,) = image.glob("opt/deltastream/lib/python3*/site-packages")
    files = _python(packages, "-c", "import numpy, scipy; print(numpy.__file__, scipy.__file__)")
    assert all(file.startswith(str(packages)) for file in files.split())
    _python(
        packages,
        *("-m", "pytest", "--quiet", "-p", "no:cacheprovider"),
        *("tests/domain/pricing", "tests/domain/surface/test_interpolation.py"),
    )
