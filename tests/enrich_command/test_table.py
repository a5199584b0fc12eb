"""`--format table`: what a person reads.

The texts in `golden` are whole tables. Where a change of them is wanted, write the new text there.
"""

from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from tests.enrich_command.expecting import REAL_FILES
from tests.enrich_command.invoking import written
from tests.enrich_command.small_chain import PRODUCT, SMALL_CHAIN, enriched, without
from tests.fixtures.nse_snapshot import EXPIRIES, nse_snapshot
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import Buildup, ForwardBasis, PriceBasis
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2
from deltastream.offline.table.chain_table import ChainTable
from deltastream.offline.table.leg_rows import strikes_around
from deltastream.offline.table.words import (
    BUILDUPS,
    FORWARD_BASES,
    LABELS,
    PRICE_BASES,
    REASONS,
)

GOLDEN = Path(__file__).with_name("golden")
STRIKES = [float(strike) for strike in range(100, 1100, 100)]


def table(
    chain: EnrichedChain, *, width: int = 200, strikes: int = 15, colours: bool = False
) -> str:
    console = Console(
        file=StringIO(),
        width=width,
        highlight=False,
        force_terminal=colours,
        color_system="truecolor" if colours else None,
        _environ={},
    )
    return ChainTable(console, strikes=strikes).chain(chain, PRODUCT)


def ladder(text: str) -> list[str]:
    """Return the rows of the mirrored chain."""
    lines = text.splitlines()
    (rule,) = [number for number, line in enumerate(lines) if "────" in line]
    return lines[rule + 1 : lines.index("", rule)]


def footnote(text: str, beginning: str) -> str:
    """Return the one line that begins so."""
    (line,) = [line for line in text.splitlines() if line.startswith(beginning)]
    return line


@pytest.mark.parametrize("width", [200, 80])
def test_the_whole_table_is_as_it_was_agreed(width: int) -> None:
    agreed = (GOLDEN / f"small_chain_{width}.txt").read_text(encoding="utf-8")
    assert table(enriched(), width=width) == agreed


@pytest.mark.parametrize("width", [80, 100, 120, 140, 160, 200])
def test_no_line_is_wider_than_the_terminal_and_no_cell_is_cut(width: int) -> None:
    text = table(enriched(), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


def test_the_row_at_the_money_is_marked_and_stands_out_in_colours() -> None:
    chain = enriched()
    assert chain.metrics.atm_strike == 24_600
    assert [line for line in ladder(table(chain)) if "> 24,600 <" in line]
    reversed_rows = [line for line in ladder(table(chain, colours=True)) if "\x1b[7m" in line]
    assert len(reversed_rows) == 1
    assert "> 24,600 <" in reversed_rows[0]


def test_without_a_spot_price_the_strike_nearest_to_the_forward_is_marked() -> None:
    chain = enriched(replace(SMALL_CHAIN, spot_price=None))
    assert chain.metrics.atm_strike is None
    assert chain.metrics.atm_forward_strike == 24_650
    text = table(chain)
    assert "> 24,650 <" in text
    assert "spot -  |  forward" in text
    assert footnote(text, "ATM strike, ").endswith(
        "the file does not state the spot price (NO_SPOT)"
    )


def test_volatilities_that_are_missing_are_counted_by_reason_over_the_whole_chain() -> None:
    chain = enriched()
    codes = np.concatenate([chain.call_figures.iv_missing, chain.put_figures.iv_missing])
    counted = Counter(MissingReason(code).name for code in codes.tolist() if code)
    assert counted == {"ONE_SIDED": 2, "CROSSED": 2, "NO_PRICE": 2}
    assert footnote(table(chain, strikes=1), "IV missing") == (
        "IV missing in 6 of 12 options: 2 x only one side is quoted (ONE_SIDED), 2 x the bid is"
        " above the ask (CROSSED), 2 x neither a two-sided quote nor a last price (NO_PRICE)"
    )


def test_figures_of_an_expired_chain_are_dashes_with_their_reason() -> None:
    assert SMALL_CHAIN.expires_at is not None
    text = table(enriched(replace(SMALL_CHAIN, timestamp=SMALL_CHAIN.expires_at)))
    assert "0.00 days to expiry" in text
    assert "IV from no prices" in text
    assert footnote(text, "IV missing") == (
        "IV missing in 12 of 12 options: 12 x the option has expired (EXPIRED)"
    )


def test_a_column_that_the_source_says_nothing_of_is_left_out() -> None:
    headings = table(enriched(without(SMALL_CHAIN, "change_in_open_interest", "quoted_iv")))
    assert "Chg OI" not in headings
    assert "Feed IV" not in headings
    assert "long build-up" not in headings
    assert "Volume" in headings


@pytest.mark.parametrize(("asked_for", "shown"), [(3, 3), (7, 7), (8, 7), (0, 7)])
def test_as_many_strikes_are_shown_as_were_asked_for(asked_for: int, shown: int) -> None:
    text = table(enriched(), strikes=asked_for)
    assert len(ladder(text)) == shown
    assert ("3 of 7 strikes; --strikes 0 shows all" in text) is (shown < 7)


def test_fifteen_strikes_are_shown_when_none_were_asked_for(tmp_path: Path) -> None:
    path = nse_snapshot(expiries=EXPIRIES[:1]).write(tmp_path / "chain.json")
    assert len(ladder(written(path, "--format", "table"))) == 15
    assert len(ladder(written(path, "--format", "table", "--strikes", "0"))) == 21


@pytest.mark.parametrize(
    ("middle", "count", "expected"),
    [
        (500.0, 3, [400, 500, 600]),
        (500.0, 4, [300, 400, 500, 600]),
        (100.0, 3, [100, 200, 300]),
        (1000.0, 3, [800, 900, 1000]),
        (None, 3, [500, 600, 700]),
        (500.0, 10, STRIKES),
        (500.0, 99, STRIKES),
        (500.0, 0, STRIKES),
    ],
)
def test_strikes_around_the_money_are_consecutive_and_never_fewer_than_there_are(
    middle: float | None, count: int, expected: list[float]
) -> None:
    assert strikes_around(STRIKES, middle, count=count) == expected


def test_everything_that_can_stand_in_a_table_has_words() -> None:
    assert set(REASONS) == set(MissingReason)
    assert set(FORWARD_BASES) == {*ForwardBasis, None}
    assert set(PRICE_BASES) == {*PriceBasis, None}
    assert set(BUILDUPS) == set(Buildup)
    assert set(LABELS) <= {field.name for field in chain_pb2.EnrichedChain.DESCRIPTOR.fields}


@needs_shared_data
@pytest.mark.parametrize("strikes", [7, pytest.param(0, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", REAL_FILES)
def test_every_chain_of_a_real_file_becomes_a_table(name: str, strikes: int) -> None:
    text = written(SHARED / name, "--format", "table", "--strikes", str(strikes))
    expiries = {line.split("|")[1] for line in text.splitlines() if "|  expiry " in line}
    assert len(expiries) == text.count("convention black76") > 0
    assert "nan" not in text.lower()


@needs_shared_data
def test_times_are_in_the_zone_of_the_exchange() -> None:
    text = written(SHARED / "cboe_spy_2025-09-25.csv", "--format", "table")
    assert "2025-09-25 16:00:00 EDT" in text
