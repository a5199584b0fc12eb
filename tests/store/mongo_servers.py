"""Servers that speak MongoDB's protocol, as processes: those that tools/mongo_servers builds.

Neither is MongoDB. They show that the adapter's commands mean what it takes them to mean, twice
independently; nothing that is seen here says how durable or how fast MongoDB is.
"""

import os
import selectors
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pymongo
import pytest

BUILT = Path(__file__).parents[2] / ".tools/bin"
PROGRAMS = {
    "mongodb-ferretdb": BUILT / "ferretdb",
    "mongodb-java-server": BUILT / "mongo-java-server",
}
REAL = "mongodb-server"
REAL_URL = "DELTASTREAM_TEST_MONGO_URL"
ASKED_FOR = "DELTASTREAM_TEST_MONGO_SERVERS"
# Not whenever they are built: they take minutes, and `make test` is run often.
HERE = list(PROGRAMS) if os.environ.get(ASKED_FOR) else []
if os.environ.get(REAL_URL):
    HERE.append(REAL)
NONE_HERE = (
    "no server that speaks MongoDB's protocol is here: `make test-mongo` builds two of them and"
    f" runs these tests with both; {REAL_URL} names a MongoDB of yours"
)
_ABSENT = pytest.param("mongodb", marks=pytest.mark.skip(reason=NONE_HERE))
# They are slower than a file: a query reads all there is.
PARAMETERS = [pytest.param(server, marks=pytest.mark.timeout(180)) for server in HERE] or [_ABSENT]
"""The servers that are here, as parameters of a fixture."""

_LONGEST_START = 30.0
_LONGEST_END = 10.0


def real_url() -> str:
    """Return the address of a real MongoDB."""
    return os.environ[REAL_URL]


@contextmanager
def running(server: str, folder: Path, *, address: str = "127.0.0.1:0") -> Iterator[str]:
    """Run a server inside the block, with its files in a folder, and yield its URL."""
    folder.mkdir(exist_ok=True)
    with (
        (folder / "stderr.txt").open("ab") as stderr,
        subprocess.Popen(  # noqa: S603 - a program that was built here
            [PROGRAMS[server], address, folder], stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            yield _announced(process)
        finally:
            process.terminate()
            try:
                process.wait(_LONGEST_END)
            except subprocess.TimeoutExpired:
                process.kill()


def _announced(process: subprocess.Popen[str]) -> str:
    """Wait for the URL that a server prints when it listens."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(_LONGEST_START), "the server does not say that it listens"
    url = process.stdout.readline().strip()
    assert url.startswith("mongodb://"), "the server ended: see stderr.txt in its folder"
    return url


def in_database(url: str, name: str) -> str:
    """Return the URL with another database in its path."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """Yield the URL of a database of its own, and drop it after the block."""
    name = f"deltastream_test_{os.getpid()}_{time.monotonic_ns()}"
    with pymongo.MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=5000) as client:
        try:
            yield in_database(url, name)
        finally:
            client.drop_database(name)
