"""Ticks become columns, unless storage would refuse their entry."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from deltastream.domain.candles.ticks import Ticks
from deltastream.domain.events import UnderlyingTick
from deltastream.enrichment.tick_columns import columns_of, possible_columns_of
from deltastream.market.v1 import tick_pb2
from deltastream.runtime.codec.ticks import encode_tick

BEGIN = datetime(2026, 1, 20, 9, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def entry() -> list[tick_pb2.UnderlyingTick]:
    return [
        encode_tick(
            UnderlyingTick(
                product="NIFTY",
                price=100.0 + number,
                timestamp=BEGIN + timedelta(microseconds=number),
                sequence=number,
                volume=volume,
            )
        )
        for number, volume in ((1, None), (2, 0.0), (3, 7.5))
    ]


def test_columns_are_what_the_ticks_state() -> None:
    columns = possible_columns_of(entry(), product="NIFTY")
    assert columns is not None
    begin = int(BEGIN.timestamp()) * 1_000_000
    np.testing.assert_array_equal(columns.times, [begin + 1, begin + 2, begin + 3])
    np.testing.assert_array_equal(columns.sequences, [1, 2, 3])
    np.testing.assert_array_equal(columns.prices, [101.0, 102.0, 103.0])
    np.testing.assert_array_equal(columns.volumes, [np.nan, 0.0, 7.5])


def test_several_entries_are_joined_in_their_order() -> None:
    ticks = entry()
    joined = Ticks.joined([columns_of(ticks[:1]), columns_of(ticks[1:])])
    whole = columns_of(ticks)
    for name in ("times", "sequences", "prices", "volumes"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), LAST])
def test_every_time_of_the_calendar_is_possible(moment: datetime) -> None:
    ticks = entry()
    tick = UnderlyingTick(product="NIFTY", price=1.0, timestamp=moment, sequence=4)
    ticks.append(encode_tick(tick))
    assert possible_columns_of(ticks, product="NIFTY") is not None


@pytest.mark.parametrize(
    "break_",
    [
        pytest.param(lambda t: setattr(t, "product", "SPY"), id="of another product"),
        pytest.param(lambda t: setattr(t, "price", 0.0), id="no price"),
        pytest.param(lambda t: setattr(t, "price", math.nan), id="NaN"),
        pytest.param(lambda t: setattr(t, "price", math.inf), id="infinite"),
        pytest.param(lambda t: setattr(t, "volume", -1.0), id="negative volume"),
        pytest.param(lambda t: setattr(t, "volume", math.nan), id="NaN volume"),
        pytest.param(lambda t: setattr(t, "volume", math.inf), id="infinite volume"),
        pytest.param(lambda t: setattr(t, "sequence", 0), id="not numbered"),
        pytest.param(lambda t: setattr(t, "sequence", 2**63), id="beyond the store's numbers"),
        pytest.param(lambda t: t.ClearField("timestamp"), id="no time"),
        pytest.param(lambda t: setattr(t.timestamp, "seconds", 2**62), id="no such time"),
        pytest.param(lambda t: setattr(t.timestamp, "seconds", 253_402_300_800), id="too late"),
        pytest.param(lambda t: setattr(t.timestamp, "seconds", -62_135_596_801), id="too early"),
        pytest.param(lambda t: setattr(t.processed_at, "seconds", 2**40), id="handled too late"),
        pytest.param(lambda t: setattr(t.processed_at, "seconds", 2**62), id="handled at no time"),
    ],
)
def test_an_entry_that_storage_would_refuse_has_no_columns(
    break_: Callable[[tick_pb2.UnderlyingTick], Any],
) -> None:
    ticks = entry()
    break_(ticks[1])
    assert possible_columns_of(ticks, product="NIFTY") is None
