"""Captured trades: repeated milliseconds, and ticks out of order inside one message."""

import json
from collections import defaultdict

import numpy as np
import pytest
from tests.domain.candles.tick_columns import SECOND, Row, columns
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.domain.candles.kernel import partials_of

pytestmark = needs_shared_data
NAME = "finnhub_messages.jsonl"


def messages() -> list[dict[str, list[Row]]]:
    """Return the trades of each message by symbol, numbered in the order of their arrival."""
    found: list[dict[str, list[Row]]] = []
    number = 0
    for line in (SHARED / NAME).read_text().splitlines():
        trades: defaultdict[str, list[Row]] = defaultdict(list)
        for trade in json.loads(line).get("data", []):
            number += 1
            trades[trade["s"]].append((1000 * trade["t"], number, trade["p"], trade["v"]))
        found.append(trades)
    return found


@pytest.mark.parametrize("reverse", [False, True], ids=["as it came", "backwards"])
@pytest.mark.parametrize("seconds", [1, 5])
def test_bars_of_captured_trades_equal_those_computed_independently(
    seconds: int, *, reverse: bool
) -> None:
    rows_of: defaultdict[str, list[Row]] = defaultdict(list)
    for trades in messages():
        for symbol, rows in trades.items():
            rows_of[symbol] += rows
    found = [
        {
            "symbol": symbol,
            "start_ms": start // 1000,
            "o": partial.open,
            "h": partial.high,
            "l": partial.low,
            "c": partial.close,
            "v": pytest.approx(partial.volume, rel=1e-12),
            "n": partial.count,
        }
        for symbol, rows in sorted(rows_of.items())
        for start, partial in partials_of(
            columns(rows[::-1] if reverse else rows), length=seconds * SECOND
        ).by_start()
    ]
    assert found == expected_numbers(NAME)[f"bars_{seconds}s_event_time_stable_sort"]


def test_no_trade_is_lost() -> None:
    expected = expected_numbers(NAME)["by_symbol"]
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for trades in messages():
        for symbol, rows in trades.items():
            parts[symbol] += rows
    assert parts.keys() == expected.keys()
    for symbol, rows in parts.items():
        partials = partials_of(columns(rows), length=60 * SECOND)
        assert int(partials.counts.sum()) == expected[symbol]["n"]
        assert float(np.sum(partials.volumes)) == pytest.approx(expected[symbol]["vol"])
