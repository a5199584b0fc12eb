"""Market data as pandas tables: every figure in its place, and what is absent is NA."""

import sys
from datetime import UTC, datetime

import pandas as pd
import pytest

from deltastream.client.tables import (
    candles_frame,
    chain_frame,
    summaries_frame,
    ticks_frame,
    to_frame,
)
from deltastream.market.v1.candle_pb2 import CANDLE_STATE_FINAL, Candle
from deltastream.market.v1.chain_pb2 import (
    PRICE_BASIS_MID,
    EnrichedChain,
    OptionChain,
    OptionLeg,
)
from deltastream.market.v1.missing_pb2 import MISSING_REASON_NO_PRICE
from deltastream.market.v1.tick_pb2 import UnderlyingTick

NANOS = 1_769_506_200_123_456_789


def chain(sequence: int = 7) -> EnrichedChain:
    made = EnrichedChain(
        product="NIFTY", expiry="2026-01-27", spot_price=24512.35, sequence=sequence, pcr_oi=1.25
    )
    made.timestamp.FromNanoseconds(NANOS)
    made.calls.append(
        OptionLeg(
            symbol="NIFTY-20260127-24500-CE",
            strike=24500,
            bid=101.5,
            volume=0,
            iv=0.14,
            price_basis=PRICE_BASIS_MID,
        )
    )
    made.puts.append(
        OptionLeg(
            symbol="NIFTY-20260127-24500-PE", strike=24500, iv_missing=MISSING_REASON_NO_PRICE
        )
    )
    return made


def test_a_chain_is_a_row_an_option() -> None:
    table = chain_frame(chain())
    assert list(table.option_type) == ["CALL", "PUT"]
    assert list(table.symbol) == ["NIFTY-20260127-24500-CE", "NIFTY-20260127-24500-PE"]
    assert set(table["product"]) == {"NIFTY"}
    assert set(table.sequence) == {7}
    call, put = table.iloc[0], table.iloc[1]
    assert (call.bid, call.volume, call.iv, call.price_basis) == (101.5, 0.0, 0.14, "MID")
    assert put.iv_missing == "NO_PRICE"


def test_what_is_absent_is_na_and_not_zero() -> None:
    call, put = (row for _, row in chain_frame(chain()).iterrows())
    assert [call.ask, call.iv_missing, put.iv, put.volume, put.price_basis] == [pd.NA] * 5


def test_every_figure_of_a_leg_is_a_column() -> None:
    columns = set(chain_frame(chain()).columns)
    assert columns >= {field.name for field in OptionLeg.DESCRIPTOR.fields}
    assert columns >= {"product", "expiry", "timestamp", "sequence", "spot_price"}


def test_times_are_exact_and_in_utc() -> None:
    table = ticks_frame([UnderlyingTick(timestamp=chain().timestamp), UnderlyingTick()])
    assert table.timestamp[0].value == NANOS
    assert table.timestamp[0].tzinfo is UTC
    assert table.timestamp[1] is pd.NaT


def test_several_chains_are_one_table() -> None:
    table = to_frame([chain(1), chain(2), OptionChain(product="SPY", calls=chain().calls)])
    assert list(table.sequence) == [1, 1, 2, 2, 0]
    assert table.spot_price.isna().tolist() == [False, False, False, False, True]


def test_the_figures_of_the_whole_are_a_row_a_chain() -> None:
    table = summaries_frame([chain()])
    assert len(table) == 1
    assert table.pcr_oi[0] == 1.25
    assert table.max_pain_strike[0] is pd.NA


def test_candles_are_a_row_each() -> None:
    made = Candle(product="NIFTY", window_minutes=5, open=1, high=2, low=0.5, close=1.5)
    made.start.FromDatetime(datetime(2026, 1, 27, 9, 15))  # noqa: DTZ001 - protobuf means UTC
    made.state = CANDLE_STATE_FINAL
    table = candles_frame([made])
    assert table.start[0] == pd.Timestamp("2026-01-27T09:15Z")
    assert (table.close[0], table.state[0], table.imputed[0]) == (1.5, "FINAL", False)
    assert table.volume[0] is pd.NA


def test_an_empty_table_has_its_columns_and_their_types() -> None:
    empty, full = to_frame([]), to_frame([chain()])
    assert list(empty.columns) == list(full.columns)
    assert list(empty.dtypes) == list(full.dtypes)


def test_without_pandas_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install deltastream\[pandas\]"):
        to_frame([])
