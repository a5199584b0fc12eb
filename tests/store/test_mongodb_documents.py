"""What stands in MongoDB's collections, for the tools that query them."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pymongo
import pytest
from tests.store.adapters import MONGODB_ALONE
from tests.store.market_events import NEAR, SYMBOL, at, candle, chain, legs, quote, tick

from deltastream.adapters.store.choose import open_store
from deltastream.domain.figures import Buildup, LegFigures, PriceBasis
from deltastream.domain.missing import MissingReason
from deltastream.ports.store import MarketStore

pytestmark = MONGODB_ALONE

Read = Callable[[str], dict[str, Any]]
INDEXES = {
    "ticks": [
        "product timestamp- timestamp_us- sequence",
        "product sequence",
    ],
    "quotes": ["symbol timestamp- timestamp_us-", "sequence"],
    "chains": [
        "product timestamp- timestamp_us- expiry",
        "product expiry timestamp- timestamp_us-",
        "product sequence",
        "product expiry sequence",
    ],
    "candles": ["product window_minutes start- start_us-", "written_at_us"],
}


@pytest.fixture
def read(store_url: str) -> Read:
    """Return what reads the one document of a collection, as any tool would."""

    def read_one(collection: str) -> dict[str, Any]:
        with pymongo.MongoClient[dict[str, Any]](store_url, tz_aware=True) as client:
            (document,) = client.get_default_database()[collection].find()
            return document

    return read_one


def found(store_url: str, collection: str, query: dict[str, Any]) -> int:
    with pymongo.MongoClient[dict[str, Any]](store_url) as client:
        return client.get_default_database()[collection].count_documents(query)


def figures(*ivs: float, missing: tuple[int, ...], buildup: tuple[int, ...]) -> LegFigures:
    none = LegFigures.none(len(ivs))
    basis = [0 if math.isnan(iv) else int(PriceBasis.MID) for iv in ivs]
    return replace(
        none,
        iv=np.array(ivs),
        delta=np.array(ivs) * 4,
        iv_missing=np.array(missing, dtype=np.int8),
        price_basis=np.array(basis, dtype=np.int8),
        buildup=np.array(buildup, dtype=np.int8),
    )


async def test_a_leg_states_what_is_known_under_the_names_of_the_contract(
    store: MarketStore, read: Read
) -> None:
    enriched = chain(0, sequence=1)
    calls = figures(
        0.125,
        math.nan,
        missing=(0, int(MissingReason.BELOW_INTRINSIC)),
        buildup=(int(Buildup.SHORT_COVERING), 0),
    )
    stated = replace(
        enriched,
        chain=replace(enriched.chain, calls=legs(24_400, 24_500), puts=legs()),
        call_figures=calls,
        put_figures=LegFigures.none(0),
    )
    await store.put_chains([stated])
    document = read("chains")
    assert document["calls"] == [
        {
            "symbol": "NIFTY-20260127-24400-CE",
            "strike": 24_400.0,
            "bid": 0.05,
            "iv": 0.125,
            "delta": 0.5,
            "price_basis": "MID",
            "buildup": "SHORT_COVERING",
        },
        {
            "symbol": "NIFTY-20260127-24500-CE",
            "strike": 24_500.0,
            "bid": 1.05,
            "iv_missing": "BELOW_INTRINSIC",
        },
    ]
    assert document["puts"] == []


async def test_a_chain_states_what_it_means_and_why_the_rest_is_absent(
    store: MarketStore, read: Read
) -> None:
    await store.put_chains([chain(0, sequence=7, spot_price=None)])
    document = read("chains")
    del document["calls"], document["puts"]
    assert document == {
        "_id": "NIFTY:2026-01-27:1769139900000000",
        "product": "NIFTY",
        "expiry": "2026-01-27",
        "timestamp": at(0),
        "timestamp_us": 1769139900000000,
        "sequence": 7,
        "processed_at": at(0.001),
        "processed_at_us": 1769139900001000,
        "total_call_oi": 100.0,
        "total_put_oi": 120.0,
        "total_call_volume": 0.0,
        "total_put_volume": 5.0,
        "pcr_oi": 1.2,
        "atm_strike": 24_500.0,
        "atm_iv": 0.125,
        "convention": "NSE",
        "max_pain_strike": 24_400.0,
        "max_pain_ties": [24_400.0, 24_500.0],
        "missing": [
            {"field": "pcr_volume", "reason": "NO_CALL_VOLUME"},
            {"field": "atm_straddle_price", "reason": "NO_PRICE"},
        ],
    }


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 23, 3, 45, 0, 123_456, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_a_time_is_a_date_of_whole_milliseconds_and_exact_beside_it(
    store: MarketStore, read: Read, moment: datetime
) -> None:
    await store.put_ticks([tick(1, timestamp=moment)])
    document = read("ticks")
    assert document["timestamp"] == moment - timedelta(microseconds=moment.microsecond % 1000)
    assert document["timestamp_us"] == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


async def test_ticks_quotes_and_candles_have_a_field_for_each_thing_they_state(
    store: MarketStore, read: Read
) -> None:
    await store.put_ticks([tick(1)])
    assert read("ticks").keys() == {
        *("_id", "product", "timestamp", "timestamp_us", "sequence", "price")
    }
    await store.put_quotes([quote(0, sequence=1)])
    stated = read("quotes")
    assert (stated["symbol"], stated["expiry"]) == (SYMBOL, NEAR.isoformat())
    assert (stated["option_type"], stated["strike"], stated["bid"]) == ("CALL", 24_500.0, 101.5)
    assert not {"ask", "last", "volume", "open_interest"} & stated.keys()
    await store.put_candles([candle(0)])
    stated = read("candles")
    assert (stated["start"], stated["window_minutes"], stated["final"]) == (at(0), 1, False)
    assert "volume" not in stated


async def test_other_tools_find_chains_by_what_their_legs_state(
    store: MarketStore, store_url: str
) -> None:
    await store.put_chains([chain(0, sequence=1), chain(1, sequence=2, product="AAPL")])
    for query, expected in (
        ({"calls.strike": 24_600}, 2),
        ({"puts.strike": 24_600}, 0),
        ({"product": "NIFTY", "calls.strike": 24_600}, 1),
        ({"timestamp": {"$gte": at(1)}}, 1),
        ({"pcr_oi": {"$gt": 1.0}, "pcr_volume": {"$exists": False}}, 2),
    ):
        assert found(store_url, "chains", query) == expected


async def test_each_listing_has_its_index_also_after_opening_again(
    store: MarketStore, store_url: str
) -> None:
    await store.close()
    again = await open_store(store_url)
    await again.close()
    with pymongo.MongoClient[dict[str, Any]](store_url) as client:
        database = client.get_default_database()
        made = {
            name: sorted(keys_of(index) for index in database[name].list_indexes())
            for name in INDEXES
        }
    assert made == {name: sorted(["_id", *indexes]) for name, indexes in INDEXES.items()}


def keys_of(index: Any) -> str:
    return " ".join(f"{field}{'-' if order < 0 else ''}" for field, order in index["key"].items())
