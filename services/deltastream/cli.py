"""`deltastream`: the whole mesh, or one role of it."""

import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from deltastream.runtime.roles import ROLES, Role

_DATA = Path(".deltastream")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Stream option-market data and what it means.

    `deltastream up` runs everything on this machine. The other commands run one role each, as
    containers do; they are told everything by environment variables that begin with DELTASTREAM_.
    """


@main.command()
@click.option(
    "--source",
    default=None,
    metavar="SOURCE",
    help="`synthetic` (the default), or `replay:FILE_OR_FOLDER` with captured exchange snapshots.",
)
@click.option("--products", default=None, metavar="A,B", help="Only these symbols.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="HTTP port of the edge.  [8000]"
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where databases, keys and logs are kept.  [.deltastream/ and a name for the source]",
)
@click.option("--speed", type=float, default=None, help="Of a replay; 0 is as fast as possible.")
@click.option("--loop", is_flag=True, default=None, help="Begin a replay again at its end.")
@click.option("--rate", type=float, default=None, help="Multiplies the synthetic feed's pace.")
@click.option("--free-ports", is_flag=True, help="Use any free ports, and say which.")
@click.option("--verbose", "-v", is_flag=True, help="Show all that the roles log.")
def up(
    *,
    source: str | None,
    products: str | None,
    port: int | None,
    data_dir: Path | None,
    speed: float | None,
    loop: bool | None,
    rate: float | None,
    free_ports: bool,
    verbose: bool,
) -> None:
    """Run the whole mesh on this machine, until Ctrl-C.

    Without further ado it runs a private Redis and SQLite databases in the data directory.
    DELTASTREAM_BUS_URL, DELTASTREAM_CACHE_URL and DELTASTREAM_STORE_URL name others.
    """
    # Imported here, so that `--help` and the roles do not pay for it.
    from deltastream.supervisor.up import UpOptions, run_up  # noqa: PLC0415

    told = {
        "DELTASTREAM_SOURCE": source,
        "DELTASTREAM_PRODUCTS": products,
        "DELTASTREAM_SPEED": speed,
        "DELTASTREAM_LOOP": loop,
        "DELTASTREAM_RATE": rate,
    }
    options = UpOptions(
        environment={name: str(value) for name, value in told.items() if value is not None},
        port=port,
        data_dir=(data_dir or _data_dir_of(source)).resolve(),
        free_ports=free_ports,
        verbose=verbose,
    )
    sys.exit(run_up(options))


def _data_dir_of(source: str | None) -> Path:
    """Keep sources apart: invented prices must not stand in the history of captured ones."""
    name = source or os.environ.get("DELTASTREAM_SOURCE", "synthetic")
    kind, _, place = name.partition(":")
    if not place:
        return _DATA / kind
    where = Path(place).resolve()
    digest = hashlib.sha256(os.fsencode(where)).hexdigest()[:8]
    return _DATA / f"{kind}-{where.stem}-{digest}"


@main.command(name="version")
def show_version() -> None:
    """Print the version."""
    try:
        click.echo(version("deltastream"))
    except PackageNotFoundError:
        click.echo("not installed")


def _role_command(role: Role) -> Callable[[], None]:
    def run() -> None:
        importlib.import_module(f"deltastream.{role.name}.__main__").main()

    run.__doc__ = f"Run the {role.name} role alone."
    return run


for _role in ROLES:
    main.command(name=_role.name)(_role_command(_role))


if __name__ == "__main__":
    main()
