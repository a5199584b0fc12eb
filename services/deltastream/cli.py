"""`deltastream`: the whole mesh, or one role of it."""

import hashlib
import importlib
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import click

from deltastream.dead_letters.command import dlq
from deltastream.offline.parameters import day, instant, interest, size
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
    }
    options = UpOptions(
        environment={name: str(value) for name, value in told.items() if value is not None},
        port=port,
        replicas=replicas,
        data_dir=(data_dir or _data_dir_of(source)).resolve(),
        free_ports=free_ports,
        verbose=verbose,
    )
    sys.exit(run_up(options))


@main.command()
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

    sys.exit(run_restart((data_dir or _data_dir_of(source)).resolve(), seconds=timeout))


@main.command()
@click.argument(
    "path",
    metavar="FILE_OR_FOLDER",
    type=click.Path(exists=True, path_type=Path, resolve_path=True),
)
@click.option("--speed", type=float, default=None, help="0 is as fast as possible.  [1]")
@click.option("--loop", is_flag=True, default=None, help="Begin again at the end.")
@click.option("--products", default=None, metavar="A,B", help="Only these symbols.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help="HTTP port of the edge.  [8000]"
)
@click.option("--free-ports", is_flag=True, help="Use any free ports, and say which.")
@click.pass_context
def replay(context: click.Context, /, path: Path, **options: object) -> None:
    """Run the whole mesh on a recording, or on captured snapshots.

    The same as `up --source replay:FILE_OR_FOLDER`.
    """
    context.invoke(up, source=f"replay:{path}", **options)


_RECORD_EXAMPLES = """\b
Examples:
  deltastream record --output today.dsrec.gz
  deltastream record --seconds 60 --products NIFTY
  deltastream record --date 2026-01-20 --output friday.dsrec.gz
  deltastream replay friday.dsrec.gz --speed 60
"""


@main.command(epilog=_RECORD_EXAMPLES)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The file to write; .gz compresses it.  [recording-DATE.dsrec.gz]",
)
@click.option("--date", "date_", type=day, metavar="YYYY-MM-DD", help="A day that storage has.")
@click.option("--products", default="", metavar="A,B", help="Only these symbols.")
@click.option("--seconds", type=click.FloatRange(min=0), help="How long.  [until Ctrl-C]")
@click.option(
    "--address",
    default="127.0.0.1:8009",
    show_default=True,
    metavar="HOST:PORT",
    help="Of the mesh.",
)
def record(
    *, output: Path | None, date_: date | None, products: str, seconds: float | None, address: str
) -> None:
    """Write market data into a file that `replay` plays: what happens from now on, or a past day.

    The file holds length-delimited messages of deltastream.market.v1.RecordedEvent.
    """
    from deltastream.recording.command import RecordOptions, run_record  # noqa: PLC0415

    options = RecordOptions(
        address=address,
        output=output or Path(f"recording-{date_ or datetime.now().astimezone().date()}.dsrec.gz"),
        products=[symbol.strip().upper() for symbol in products.split(",") if symbol.strip()],
        day=date_,
        seconds=seconds,
    )
    sys.exit(run_record(options))


def _data_dir_of(source: str | None) -> Path:
    """Keep sources apart: invented prices must not stand in the history of captured ones."""
    name = source or os.environ.get("DELTASTREAM_SOURCE", "synthetic")
    kind, _, place = name.partition(":")
    if not place:
        return _DATA / kind
    where = Path(place).resolve()
    digest = hashlib.sha256(os.fsencode(where)).hexdigest()[:8]
    return _DATA / f"{kind}-{where.stem}-{digest}"


_ENRICH_EXAMPLES = """\b
Examples:
  deltastream enrich chain.json
  deltastream enrich recordings/ --product NIFTY --expiry 2026-01-27 --contract-size 65
  deltastream enrich chain.json --convention nse --format csv --output chain.csv
  deltastream enrich chain.json | jq '{expiry, pcr_oi, max_pain_strike, atm_iv}'
"""


@main.command(epilog=_ENRICH_EXAMPLES)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--product",
    type=str.upper,
    metavar="SYMBOL",
    help="Only this product; also the product of files that do not state theirs.",
)
@click.option(
    "--expiry",
    type=day,
    metavar="YYYY-MM-DD",
    help="Only this expiry; also the expiry of files that do not state it.",
)
@click.option(
    "--timestamp",
    type=instant,
    metavar="ISO_8601",
    help="When files that do not say were taken, with a zone: 2026-01-20T13:59:23+05:30.  [when"
    " they were last written]",
)
@click.option(
    "--convention",
    type=click.Choice(["black76", "nse"]),
    help="Black-76 on the forward, or as India's National Stock Exchange publishes.  [black76]",
)
@click.option(
    "--rate",
    type=interest,
    metavar="FRACTION",
    help="Interest per year, continuous, from -1 to 1.  [of the currency; 0.1 for nse]",
)
@click.option(
    "--contract-size",
    type=size,
    metavar="UNITS",
    help="Units of the underlying in one unit of open interest.  [the file's, if it says]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    help="json is a line a chain, csv a row an option.  [table on a terminal, else json]",
)
@click.option(
    "--strikes",
    type=click.IntRange(min=0),
    default=15,
    metavar="N",
    help="How many a table shows around the money; 0 shows all.  [15]",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write this file instead of stdout.",
)
def enrich(
    *,
    path: Path,
    product: str | None,
    expiry: date | None,
    timestamp: datetime | None,
    convention: str | None,
    rate: float | None,
    contract_size: float | None,
    form: Literal["table", "json", "csv"] | None,
    strikes: int,
    output: Path | None,
) -> None:
    """Say what the option chains in FILE mean: volatilities, Greeks, ratios, levels, exposure.

    FILE is a snapshot that `up --source replay:FILE` takes, or a folder of them: NSE's option-chain
    JSON, the CSV of NSE's website, Cboe's CSV. No mesh has to run.
    """
    # Imported here, so that `--help` and the roles do not pay for it.
    from deltastream.domain.figures import PricingConvention  # noqa: PLC0415
    from deltastream.offline.command import run_enrich  # noqa: PLC0415
    from deltastream.offline.options import EnrichOptions  # noqa: PLC0415

    options = EnrichOptions(
        path=path,
        product=product,
        expiry=expiry,
        timestamp=timestamp,
        convention=None if convention is None else PricingConvention[convention.upper()],
        rate=rate,
        contract_size=contract_size,
        format=form,
        strikes=strikes,
        output=output,
    )
    sys.exit(run_enrich(options))


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


main.add_command(dlq)
for _role in ROLES:
    main.command(name=_role.name)(_role_command(_role))


if __name__ == "__main__":
    main()
