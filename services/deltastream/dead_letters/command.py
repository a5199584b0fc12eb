"""`deltastream dlq`: the command line of dead letters."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import click

from deltastream.commands.data_dir import data_dir_of

_DATA_DIR = data_dir_of(None)
_identifier = click.IntRange(min=0, max=2**63 - 1)
_ids = click.argument("ids", metavar="[ID]...", type=_identifier, nargs=-1)


def _common(function: Callable[..., None]) -> Callable[..., None]:
    """Add what all subcommands can be told."""
    for option in (
        click.option(
            "--format",
            "form",
            type=click.Choice(["table", "json"]),
            help="json is a line each.  [table on a terminal, else json]",
        ),
        click.option(
            "--data-dir",
            type=click.Path(file_okay=False, path_type=Path),
            help=f"That of a mesh on this machine.  [{_DATA_DIR}]",
        ),
        click.option(
            "--token",
            envvar="DELTASTREAM_TOKEN",
            metavar="TOKEN",
            help="Access token of an administrator; better in DELTASTREAM_TOKEN than here."
            "  [made with the signing key of the mesh on this machine]",
        ),
        click.option(
            "--address",
            metavar="HOST:PORT",
            help="Where enrichment answers.  [that of the mesh on this machine, else"
            " 127.0.0.1:8007]",
        ),
    ):
        function = option(function)
    return function


@click.group()
def dlq() -> None:
    """Look at dead letters: events that enrichment had to give up; replay or purge them.

    An event is given up after five tries, and kept as it was with what went wrong. A replay
    enriches and stores it under its own sequence, so that replaying twice changes nothing.
    """


@dlq.command(name="list")
@click.option("--limit", type=click.IntRange(min=1), default=100, metavar="N", help="[100]")
@_common
def list_letters(
    *,
    limit: int,
    address: str | None,
    token: str | None,
    data_dir: Path | None,
    form: Literal["table", "json"] | None,
) -> None:
    """List dead letters, oldest first."""
    _run("list_letters", _Target(address, token, data_dir), form, limit=limit)


@dlq.command()
@click.argument("letter", metavar="ID", type=_identifier)
@_common
def show(
    *,
    letter: int,
    address: str | None,
    token: str | None,
    data_dir: Path | None,
    form: Literal["table", "json"] | None,
) -> None:
    """Show one dead letter, with the event in it."""
    _run("show", _Target(address, token, data_dir), form, letter=str(letter))


@dlq.command()
@_ids
@_common
def replay(
    *,
    ids: tuple[int, ...],
    address: str | None,
    token: str | None,
    data_dir: Path | None,
    form: Literal["table", "json"] | None,
) -> None:
    """Enrich and store dead letters once more: those named, or all.

    What succeeds is a dead letter no more. The exit status is 1 if any has failed again.
    """
    _run("replay", _Target(address, token, data_dir), form, ids=[*map(str, ids)])


@dlq.command()
@_ids
@click.option("--yes", is_flag=True, help="Delete all of them; needed when none is named.")
@_common
def purge(
    *,
    ids: tuple[int, ...],
    yes: bool,
    address: str | None,
    token: str | None,
    data_dir: Path | None,
    form: Literal["table", "json"] | None,
) -> None:
    """Delete dead letters for good: those named, or all with --yes."""
    if not ids and not yes:
        raise click.UsageError("this would delete all dead letters: name some, or say --yes")
    if ids and yes:
        raise click.UsageError("--yes deletes all dead letters: name some, or say --yes, not both")
    _run("purge", _Target(address, token, data_dir), form, ids=[*map(str, ids)])


@dataclass(frozen=True, slots=True)
class _Target:
    """Which mesh, and as whom: see OperatorsRole."""

    address: str | None
    token: str | None = field(repr=False)
    data_dir: Path | None


def _run(action: str, target: _Target, form: Literal["table", "json"] | None, **told: Any) -> None:
    # Imported here, so that `--help` and the roles do not pay for it.
    from deltastream.commands.role_connection import OperatorsRole  # noqa: PLC0415
    from deltastream.dead_letters import actions  # noqa: PLC0415
    from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (  # noqa: PLC0415
        EnrichmentServiceStub,
    )

    as_table = (form or ("table" if sys.stdout.isatty() else "json")) == "table"
    enrichment = OperatorsRole(
        command="dlq",
        role="enrichment",
        address=target.address,
        token=target.token,
        data_dir=target.data_dir,
        otherwise=_DATA_DIR,
    )

    async def act() -> int:
        async with enrichment.connected() as channel:
            letters = EnrichmentServiceStub(channel)
            status: int = await getattr(actions, action)(letters, as_table=as_table, **told)
            return status

    sys.exit(asyncio.run(act()))
