"""`deltastream enrich`."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from deltastream.offline.parameters import day, instant, interest, size

_ENRICH_EXAMPLES = """\b
Examples:
  deltastream enrich chain.json
  deltastream enrich recordings/ --product NIFTY --expiry 2026-01-27 --contract-size 65
  deltastream enrich chain.json --convention nse --format csv --output chain.csv
  deltastream enrich chain.json | jq '{expiry, pcr_oi, max_pain_strike, atm_iv}'
"""


@click.command(epilog=_ENRICH_EXAMPLES)
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
