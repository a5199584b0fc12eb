"""`deltastream up`."""

import sys
from pathlib import Path

import click

from deltastream.commands.data_dir import data_dir_of


@click.command()
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
@click.option(
    "--clock",
    type=click.Choice(["always-open", "real"]),
    default=None,
    help="Of the synthetic feed: whether its markets keep their exchanges' hours.  [always-open]",
)
@click.option(
    "--replicas",
    type=click.IntRange(1, 16),
    default=1,
    envvar="DELTASTREAM_ENRICHMENT_REPLICAS",
    metavar="N",
    help="Processes of enrichment, which share the products.  [1]",
)
@click.option(
    "--allow-anonymous/--require-token",
    default=None,
    help="Whether reading needs no token.  [needs none if only this machine can connect]",
)
@click.option(
    "--otlp",
    default=None,
    metavar="URL",
    help="Send traces there by OTLP over gRPC, such as http://127.0.0.1:4317.  [none]",
)
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
    clock: str | None,
    replicas: int,
    allow_anonymous: bool | None,
    otlp: str | None,
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
        "DELTASTREAM_CLOCK": clock,
        "DELTASTREAM_OTLP_ENDPOINT": otlp,
    }
    options = UpOptions(
        environment={name: str(value) for name, value in told.items() if value is not None},
        port=port,
        replicas=replicas,
        data_dir=(data_dir or data_dir_of(source)).resolve(),
        free_ports=free_ports,
        allow_anonymous=allow_anonymous,
        verbose=verbose,
    )
    sys.exit(run_up(options))
