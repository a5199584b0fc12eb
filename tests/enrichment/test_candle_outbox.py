"""Where news of candles are put on the bus."""

from datetime import UTC, datetime

import pytest

from deltastream.domain.events import Candle
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.candle_outbox import CandleOutbox
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.runtime.codec.candles import encode_candle

CANDLE = Candle(
    product="NIFTY",
    window_minutes=1,
    start=datetime(2026, 1, 23, 4, 0, tzinfo=UTC),
    open=1.0,
    high=1.0,
    low=1.0,
    close=1.0,
    tick_count=1,
)


@pytest.fixture
def outbox() -> CandleOutbox:
    """Return an outbox that goes on after sequence 100."""
    fresh = CandleOutbox()
    fresh.resume("NIFTY", 100)
    return fresh


def sequences(outbox: CandleOutbox) -> list[int | None]:
    return [news.publication.sequence if news.publication else None for news in outbox.unsent]


def test_what_ticks_changed_is_told_under_the_sequence_of_their_entry(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [CANDLE], raw=250)
    (news,) = outbox.unsent
    assert news.publication is not None
    assert news.publication.subject == subject_of(SubjectKind.ENRICHED_CANDLES, "NIFTY")
    assert news.publication.sequence == 250
    told = pb.CandleBatch.FromString(news.publication.payload)
    assert list(told.candles) == list(news.candles) == [encode_candle(CANDLE)]
    assert not told.snapshot


def test_nothing_new_is_no_news(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [], raw=250)
    assert outbox.unsent == ()


def test_what_silence_settled_is_told_right_behind_the_last(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [CANDLE], raw=None)
    outbox.add("NIFTY", [CANDLE], raw=250)
    outbox.add("NIFTY", [CANDLE], raw=None)
    outbox.add("NIFTY", [CANDLE], raw=None)
    assert sequences(outbox) == [101, 250, 251, 252]


def test_a_raw_entry_whose_sequence_is_taken_moves_behind_the_last(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [CANDLE], raw=101)
    outbox.add("NIFTY", [CANDLE], raw=None)
    outbox.add("NIFTY", [CANDLE], raw=None)
    outbox.add("NIFTY", [CANDLE], raw=102)
    outbox.add("NIFTY", [CANDLE], raw=103)
    assert sequences(outbox) == [101, 102, 103, 104, 105]


def test_what_an_earlier_process_told_is_stored_and_not_told_again(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [CANDLE], raw=99)
    outbox.add("NIFTY", [CANDLE], raw=100)
    assert sequences(outbox) == [None, None]
    assert [list(news.candles) for news in outbox.unsent] == [[encode_candle(CANDLE)]] * 2


def test_products_do_not_share_a_place(outbox: CandleOutbox) -> None:
    outbox.resume("SPY", 0)
    outbox.add("NIFTY", [CANDLE], raw=None)
    outbox.add("SPY", [CANDLE], raw=None)
    assert sequences(outbox) == [101, 1]


def test_news_stay_as_they_are_until_they_are_sent(outbox: CandleOutbox) -> None:
    outbox.add("NIFTY", [CANDLE], raw=250)
    before = outbox.unsent
    outbox.add("NIFTY", [CANDLE], raw=260)
    assert outbox.unsent[:1] == before
    outbox.sent(before)
    assert sequences(outbox) == [260]


def test_what_is_forgotten_is_neither_told_nor_gone_on_with(outbox: CandleOutbox) -> None:
    outbox.resume("SPY", 0)
    outbox.add("NIFTY", [CANDLE], raw=250)
    outbox.add("SPY", [CANDLE], raw=7)
    outbox.forget("NIFTY")
    assert sequences(outbox) == [7]
    outbox.resume("NIFTY", 300)
    outbox.add("NIFTY", [CANDLE], raw=None)
    assert sequences(outbox) == [7, 301]
