"""`deltastream log`: what the mesh has logged."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from deltastream.commands.data_dir import data_dir_of

_DATA_DIR = data_dir_of(None)
_LEVELS = ("debug", "info", "warning", "error", "critical")


class _Age(click.ParamType[timedelta | None]):
    """How long ago, as `15m`, `2h` or `1d`."""

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | None:
        """Read an age."""
        # Imported here, so that `--help` and the roles do not pay for it.
        from deltastream.runtime.ages import read_age  # noqa: PLC0415

        try:
            age = read_age(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return age if isinstance(age, timedelta) else None


@click.command()
@click.argument("service", required=False)
@click.option(
    "--level", type=click.Choice(_LEVELS), default="debug", help="Those that matter at least so."
)
@click.option("--since", type=_Age(), metavar="AGE", help="Not older than `15m`, `2h`, `1d`.")
@click.option("--trace", default="", metavar="ID", help="Those of one trace.")
@click.option("--contains", default="", metavar="TEXT", help="Those in which a text stands.")
@click.option(
    "--limit",
    type=click.IntRange(0, 1000),
    default=100,
    metavar="N",
    help="The newest so many.  [100]",
)
@click.option("--follow", "-f", is_flag=True, help="Go on with those that come, until Ctrl-C.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    help="json is a line each.  [text on a terminal, else json]",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"That of a mesh on this machine.  [{_DATA_DIR}]",
)
@click.option(
    "--token",
    envvar="DELTASTREAM_TOKEN",
    metavar="TOKEN",
    help="Access token of an administrator; better in DELTASTREAM_TOKEN than here."
    "  [made with the signing key of the mesh on this machine]",
)
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="Where logs answers.  [that of the mesh on this machine, else 127.0.0.1:8005]",
)
def log(
    *,
    service: str | None,
    level: str,
    since: timedelta | None,
    trace: str,
    contains: str,
    limit: int,
    follow: bool,
    form: Literal["text", "json"] | None,
    data_dir: Path | None,
    token: str | None,
    address: str | None,
) -> None:
    """Show what the roles of a mesh have logged: one of them, or all; the oldest first.

    The log service keeps the newest for some days. What a role writes to its standard output is
    the truth.
    """
    # Imported here, so that `--help` and the roles do not pay for it.
    from deltastream.commands.role_connection import OperatorsRole  # noqa: PLC0415
    from deltastream.log_reading.actions import follow_log, show_log  # noqa: PLC0415
    from deltastream.log_reading.lines import printer  # noqa: PLC0415
    from deltastream.log_reading.wanted import Wanted  # noqa: PLC0415

    logs = OperatorsRole(
        command="log",
        role="logs",
        address=address,
        token=token,
        data_dir=data_dir,
        otherwise=_DATA_DIR,
    )
    wanted = Wanted.of(
        service=service, level=level, since=since, trace=trace, contains=contains, limit=limit
    )
    show = printer(as_text=(form or ("text" if sys.stdout.isatty() else "json")) == "text")
    action = follow_log if follow else show_log
    try:
        asyncio.run(action(logs, wanted, show=show))
    except KeyboardInterrupt:
        # That is how one stops following.
        sys.exit(0)
