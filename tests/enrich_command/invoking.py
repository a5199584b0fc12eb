"""The command as a person or a script calls it."""

import csv
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import MappingProxyType

from click.testing import CliRunner, Result
from google.protobuf.json_format import Parse
from tests.fixtures.running_mesh import command, environment

from deltastream.cli import main
from deltastream.market.v1 import chain_pb2

DEADLINE_SECONDS = 30.0
NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)


def enrich(*arguments: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, ["enrich", *map(str, arguments)])


def written(*arguments: str | Path) -> str:
    """Call the command, see that it succeeds, and return what it wrote to stdout."""
    result = enrich(*arguments)
    assert (result.exit_code, result.exception) == (0, None), result.stderr
    return result.stdout


def started(
    *arguments: str | Path,
    stdout: int,
    stderr: int = subprocess.PIPE,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own, with further environment variables."""
    return subprocess.Popen(  # noqa: S603 - our own command
        command("enrich", *map(str, arguments)),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        # What is written waits in a buffer, as it does for a person.
        env=environment(**{"PYTHONUNBUFFERED": "", **variables}),
    )


def messages(text: str) -> list[chain_pb2.EnrichedChain]:
    """Read JSON lines back."""
    return [Parse(line, chain_pb2.EnrichedChain()) for line in text.splitlines()]


def rows(text: str) -> Sequence[dict[str, str]]:
    """Read CSV back."""
    return list(csv.DictReader(StringIO(text), strict=True))
