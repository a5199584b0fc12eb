"""Open interest and volume of the synthetic market: shaped, persistent, counted by the day."""

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.source.synthetic_markets import START, chains_of, events_of, ticks_of

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.instants import instant_of
from deltastream.domain.synthetic.board import Board
from deltastream.domain.synthetic.ladder import Ladder
from deltastream.domain.synthetic.listings import LISTINGS
from deltastream.domain.synthetic.open_interest import OpenInterest
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.domain.synthetic.trading_calendar import expiry_after
from deltastream.domain.synthetic.trading_hours import AlwaysOpen
from deltastream.domain.synthetic.valuation import value_options

EVERY_PRODUCT = pytest.mark.parametrize("product", [listing.product.symbol for listing in LISTINGS])


async def nearest_chains(
    product: str, *, seconds: float, interval: float = 5.0, start: datetime = START
) -> list[OptionChain]:
    settings = SyntheticSettings(expiries=1, chain_interval=interval)
    return chains_of(await events_of(product, seconds=seconds, start=start, settings=settings))


def open_interest(chain: OptionChain) -> np.ndarray:
    return np.array([chain.calls.open_interest, chain.puts.open_interest])


def open_interest_of(usual: FloatArray) -> OpenInterest:
    """Begin the process of options that expire now, in a market that never closes."""
    return OpenInterest(
        usual=usual, weeks_left=0.0, day_seconds=86_400.0, random=np.random.default_rng(3)
    )


def volume(chain: OptionChain) -> np.ndarray:
    return np.array([chain.calls.volume, chain.puts.volume])


@EVERY_PRODUCT
async def test_open_interest_persists_from_chain_to_chain(product: str) -> None:
    chains = await nearest_chains(product, seconds=60)

    for before, after in pairwise(chains):
        moved = np.abs(open_interest(after) - open_interest(before))
        assert moved.sum() > 0
        assert (moved <= np.maximum(0.03 * open_interest(before), 2)).all()


async def test_open_interest_moves_as_far_in_many_looks_as_in_one() -> None:
    def spread_after(looks: int) -> float:
        usual = np.full((2, 20_000), 1e9)
        process = open_interest_of(usual)
        before = process.contracts
        for _ in range(looks):
            process.advance(seconds=3600 / looks, weeks_left=0.0)
        return float(np.log(process.contracts / before).std())

    assert spread_after(60) == pytest.approx(spread_after(1), rel=0.02)


async def test_open_interest_neither_grows_nor_dies_out() -> None:
    usual = np.full((2, 20_000), 1e9)
    process = open_interest_of(usual)
    spread = np.log(process.contracts).std()
    for _ in range(50):
        process.advance(seconds=86_400.0, weeks_left=0.0)

    assert np.log(process.contracts).std() == pytest.approx(spread, rel=0.02)


@EVERY_PRODUCT
async def test_calls_are_held_above_spot_and_puts_below(product: str) -> None:
    settings = SyntheticSettings(expiries=1, strikes=41)
    chain = chains_of(await events_of(product, seconds=5, settings=settings))[0]
    assert chain.spot_price is not None

    def centre(strikes: np.ndarray, weights: np.ndarray) -> float:
        return float((strikes * weights).sum() / weights.sum())

    assert centre(chain.calls.strikes, chain.calls.open_interest) > chain.spot_price
    assert centre(chain.puts.strikes, chain.puts.open_interest) < chain.spot_price


@EVERY_PRODUCT
async def test_quantities_are_whole_contracts(product: str) -> None:
    for chain in await nearest_chains(product, seconds=10):
        for side in (chain.calls, chain.puts):
            for quantity in (side.volume, side.open_interest, side.bid_size, side.ask_size):
                assert (quantity >= 0).all()
                assert (quantity == np.rint(quantity)).all()


@EVERY_PRODUCT
async def test_volume_only_grows_within_a_day(product: str) -> None:
    chains = await nearest_chains(product, seconds=60)

    for before, after in pairwise(chains):
        assert (volume(after) >= volume(before)).all()
    assert volume(chains[-1]).sum() > volume(chains[0]).sum()


@pytest.mark.parametrize(
    ("product", "midnight"),
    [("NIFTY", "2026-01-25T00:00+05:30"), ("SPY", "2026-01-25T00:00-05:00")],
)
async def test_at_midnight_of_the_exchange_counting_begins_anew(
    product: str, midnight: str
) -> None:
    day_begins = datetime.fromisoformat(midnight)
    chains = await nearest_chains(product, seconds=60, start=day_begins - timedelta(seconds=30))
    before = [chain for chain in chains if chain.timestamp < day_begins]
    after = [chain for chain in chains if chain.timestamp >= day_begins]

    assert volume(after[0]).sum() < 0.01 * volume(before[-1]).sum()
    for last, first in zip(before[-1:], after[:1], strict=True):
        for old, new in ((last.calls, first.calls), (last.puts, first.puts)):
            assert np.allclose(new.open_interest - new.change_in_open_interest, old.open_interest)
            assert np.allclose(new.last - new.price_change, old.last)


@EVERY_PRODUCT
async def test_the_day_so_far_has_left_its_marks_on_the_first_chain(product: str) -> None:
    chain = (await nearest_chains(product, seconds=5))[0]

    assert volume(chain).sum() > 0
    assert np.abs(chain.calls.change_in_open_interest).sum() > 0
    assert np.abs(chain.calls.price_change).sum() > 0


@given(spots=st.lists(st.floats(1.0, 10_000.0), min_size=1, max_size=10), shown=st.integers(1, 150))
def test_the_window_always_shows_as_many_positive_strikes(spots: list[float], shown: int) -> None:
    ladder = Ladder(spot=spots[0], step=5.0, shown=shown)

    for spot in spots:
        ladder.follow(spot)
        strikes = ladder.strikes[ladder.window]
        assert len(strikes) == shown
        assert strikes[0] > 0
        assert (np.diff(strikes) == 5.0).all()


async def test_the_window_of_strikes_follows_spot_in_few_moves() -> None:
    settings = SyntheticSettings(
        expiries=1, tick_interval=3600, quote_interval=3600, chain_interval=3600
    )
    chains = chains_of(await events_of("BANKNIFTY", seconds=20 * 86_400, settings=settings))
    moves = 0

    for before, after in pairwise(chains):
        assert after.spot_price is not None
        assert abs(after.calls.strikes[10] - after.spot_price) <= 6 * 100.0
        if before.expiry == after.expiry:
            moves += int(before.calls.strikes[0] != after.calls.strikes[0])

    assert 0 < moves < len(chains) / 20


def test_a_strike_that_comes_back_into_the_window_has_kept_its_open_interest() -> None:
    listing = next(listing for listing in LISTINGS if listing.product.symbol == "TSLA")
    at = instant_of(START)
    board = Board(
        listing=listing,
        expiry=expiry_after(
            at, weekday=listing.expiry_weekday, calendar=shipped_calendars()["XNAS"]
        ),
        at=at,
        spot=245.0,
        previous_close=245.0,
        strikes=21,
        hours=AlwaysOpen(since=at),
        random=np.random.default_rng(3),
    )

    def calls(*, at: int, spot: float) -> Legs:
        (valuation,) = value_options([board.terms(at=at, spot=spot)])
        return board.look(at=at, spot=spot, valuation=valuation)[0]

    before = calls(at=at, spot=245.0)
    away = calls(at=at + 1_000_000, spot=300.0)
    back = calls(at=at + 2_000_000, spot=245.0)

    assert before.strikes[0] not in away.strikes
    assert back.strikes.tolist() == before.strikes.tolist()
    moved = np.abs(back.open_interest - before.open_interest)
    assert (moved <= np.maximum(0.02 * before.open_interest, 2)).all()


async def test_shares_are_traded_with_each_tick_and_an_index_is_not_traded() -> None:
    events = await events_of("SPY", "NIFTY", seconds=60)

    volumes = [tick.volume for tick in ticks_of(events, "SPY")]

    assert np.mean([v for v in volumes[1:] if v is not None]) == pytest.approx(900.0, rel=0.05)
    assert {tick.volume for tick in ticks_of(events, "NIFTY")} == {None}
