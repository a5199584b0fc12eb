"""`deltastream record`."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from deltastream.offline.parameters import day

_RECORD_EXAMPLES = """\b
Examples:
  deltastream record --output today.dsrec.gz
  deltastream record --seconds 60 --products NIFTY
  deltastream record --date 2026-01-20 --output friday.dsrec.gz
  deltastream replay friday.dsrec.gz --speed 60
"""


@click.command(epilog=_RECORD_EXAMPLES)
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
