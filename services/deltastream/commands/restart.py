"""`deltastream restart`."""

import sys
from pathlib import Path

import click

from deltastream.commands.data_dir import data_dir_of


@click.command()
@click.option(
    "--source", default=None, metavar="SOURCE", help="That of the mesh, if not synthetic."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="That of the mesh.  [as `up` chooses it for the source]",
)
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=120.0, metavar="SECONDS", help="[120]"
)
def restart(*, source: str | None, data_dir: Path | None, timeout: float) -> None:
    """Restart every role of a running mesh, one by one, without a pause in its service.

    Each role is replaced by a successor that serves before it stops: after an upgrade, or after a
    change of what the roles read when they start.
    """
    from deltastream.supervisor.restart import run_restart  # noqa: PLC0415

    sys.exit(run_restart((data_dir or data_dir_of(source)).resolve(), seconds=timeout))
