"""The prices of the synthetic market: no free lunch, and the volatility it says it has."""

from datetime import timedelta

import numpy as np
import pytest
from tests.source.synthetic_markets import chains_of, events_of, ticks_of

from deltastream.domain.arrays import FloatArray
from deltastream.domain.events import Legs, OptionChain
from deltastream.domain.pricing.black76 import black76_price
from deltastream.domain.synthetic.instants import SECONDS_PER_YEAR
from deltastream.domain.synthetic.listings import LISTINGS, Listing
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.domain.synthetic.smile import Smile
from deltastream.domain.synthetic.spot import SpotPath
from deltastream.domain.synthetic.valuation import Terms, value_options

BY_SYMBOL = {listing.product.symbol: listing for listing in LISTINGS}
EVERY_LISTING = pytest.mark.parametrize("listing", LISTINGS, ids=BY_SYMBOL)


async def chains(listing: Listing) -> list[OptionChain]:
    """Return wide chains of three expiries, twice each."""
    settings = SyntheticSettings(strikes=41)
    chains = chains_of(await events_of(listing.product.symbol, seconds=9.9, settings=settings))
    assert len(chains) == 6
    return chains


def tick_size(listing: Listing) -> float:
    assert listing.product.tick_size is not None
    return listing.product.tick_size


def years_left(chain: OptionChain) -> float:
    assert chain.expires_at is not None
    return (chain.expires_at - chain.timestamp).total_seconds() / SECONDS_PER_YEAR


def parity_value(listing: Listing, chain: OptionChain) -> FloatArray:
    """Return what a call less a put must be worth, per strike."""
    assert chain.spot_price is not None
    years = years_left(chain)
    share = chain.spot_price * np.exp(-listing.dividend_yield * years)
    bond = chain.calls.strikes * np.exp(-listing.interest_rate * years)
    value: FloatArray = share - bond
    return value


@EVERY_LISTING
async def test_bids_are_positive_and_below_asks(listing: Listing) -> None:
    for chain in await chains(listing):
        for side in (chain.calls, chain.puts):
            assert (side.bid > 0).all()
            assert (side.ask > side.bid).all()
            assert (side.last > 0).all()


@EVERY_LISTING
async def test_prices_are_the_doubles_nearest_to_whole_ticks(listing: Listing) -> None:
    tick = tick_size(listing)
    for chain in await chains(listing):
        for side in (chain.calls, chain.puts):
            for prices in (side.bid, side.ask, side.last, side.price_change):
                assert prices.tolist() == [round(round(p / tick) * tick, 2) for p in prices]


@EVERY_LISTING
async def test_no_call_put_and_underlying_can_be_traded_for_a_riskless_gain(
    listing: Listing,
) -> None:
    for chain in await chains(listing):
        parity = parity_value(listing, chain)
        assert (chain.calls.ask - chain.puts.bid >= parity).all()
        assert (chain.calls.bid - chain.puts.ask <= parity).all()


@EVERY_LISTING
async def test_mids_keep_put_call_parity_to_a_tick_where_no_bid_is_at_the_floor(
    listing: Listing,
) -> None:
    tick = tick_size(listing)
    for chain in await chains(listing):
        above_floor = (chain.calls.bid > tick * 1.5) & (chain.puts.bid > tick * 1.5)
        assert above_floor.any()
        mids = (chain.calls.bid + chain.calls.ask - chain.puts.bid - chain.puts.ask) / 2
        errors = np.abs(mids - parity_value(listing, chain))[above_floor]
        assert errors.max() <= tick * (1 + 1e-6)


@EVERY_LISTING
async def test_calls_cheapen_and_puts_grow_dearer_with_the_strike(listing: Listing) -> None:
    for chain in await chains(listing):
        for prices in (chain.calls.bid, chain.calls.ask):
            assert (np.diff(prices) <= 0).all()
            assert prices[0] > prices[-1]
        for prices in (chain.puts.bid, chain.puts.ask):
            assert (np.diff(prices) >= 0).all()
            assert prices[0] < prices[-1]


@EVERY_LISTING
async def test_no_butterfly_can_be_bought_for_less_than_nothing(listing: Listing) -> None:
    for chain in await chains(listing):
        for side in (chain.calls, chain.puts):
            cost = side.ask[:-2] - 2 * side.bid[1:-1] + side.ask[2:]
            assert (cost >= 0).all()


@EVERY_LISTING
async def test_the_quoted_volatility_lies_between_bid_and_ask(listing: Listing) -> None:
    for chain in await chains(listing):
        years = years_left(chain)
        assert chain.spot_price is not None
        values = black76_price(
            calls=np.array([[True], [False]]),
            forward=chain.spot_price
            * np.exp((listing.interest_rate - listing.dividend_yield) * years),
            strikes=chain.calls.strikes,
            volatility=chain.calls.quoted_iv,
            years=years,
            rate=listing.interest_rate,
        )
        for side, value in zip((chain.calls, chain.puts), values, strict=True):
            assert ((side.bid <= value) | (side.bid == tick_size(listing))).all()
            assert (side.ask >= value).all()


@EVERY_LISTING
async def test_low_strikes_are_dearer_than_high_ones_and_far_ones_than_near_ones(
    listing: Listing,
) -> None:
    for chain in await chains(listing):
        volatility = chain.calls.quoted_iv
        assert volatility[0] > volatility[-1]
        assert volatility[0] > volatility[20]
        assert volatility.min() < volatility[-1] or volatility.argmin() == 40


@EVERY_LISTING
async def test_nothing_is_left_unstated(listing: Listing) -> None:
    for chain in await chains(listing):
        for side in (chain.calls, chain.puts):
            assert np.isfinite(side.table()).all()


@EVERY_LISTING
async def test_the_last_trade_was_at_a_quoted_price(listing: Listing) -> None:
    settings = SyntheticSettings(chain_interval=1.0, quote_interval=1e3, expiries=1)
    symbol = listing.product.symbol
    first, *later = chains_of(await events_of(symbol, seconds=60, settings=settings))

    def traded(before: Legs, after: Legs) -> int:
        moved = after.volume > before.volume
        assert ((after.last == after.bid) | (after.last == after.ask))[moved].all()
        assert (after.last == before.last)[~moved].all()
        return int(moved.sum())

    trades = 0
    for chain in later:
        assert chain.calls.strikes.tolist() == first.calls.strikes.tolist()
        trades += traded(first.calls, chain.calls) + traded(first.puts, chain.puts)
        first = chain
    assert trades > 100


@EVERY_LISTING
async def test_a_chain_moments_before_expiry_is_worth_its_intrinsic_value(
    listing: Listing,
) -> None:
    last = (await chains(listing))[0].expires_at
    assert last is not None
    settings = SyntheticSettings(chain_interval=0.05, expiries=1)
    events = await events_of(
        listing.product.symbol,
        seconds=1.0,
        start=last - timedelta(seconds=0.9),
        settings=settings,
    )
    chain = [chain for chain in chains_of(events) if chain.expires_at == last][-1]
    assert chain.spot_price is not None
    intrinsic = np.maximum(chain.spot_price - chain.calls.strikes, 0.0)
    away = np.abs(chain.calls.strikes - chain.spot_price) > 0.001 * chain.spot_price
    mids = (chain.calls.bid + chain.calls.ask) / 2
    assert np.abs(mids - intrinsic)[away].max() <= 1.6 * tick_size(listing)


def test_ticks_vary_as_much_as_their_annual_volatility_says() -> None:
    count, volatility = 200_000, 0.2
    path = SpotPath(price=100.0, volatility=volatility, at=0, random=np.random.default_rng(5))
    seconds = np.arange(1, count + 1)

    returns = np.diff(np.log(path.sample(seconds * 1_000_000)))

    annual = returns.std() * np.sqrt(SECONDS_PER_YEAR)
    assert annual == pytest.approx(volatility, rel=4 / np.sqrt(2 * count))
    assert returns.mean() == pytest.approx(0.0, abs=4 * returns.std() / np.sqrt(count))


def test_the_price_of_an_underlying_is_expected_to_stay_where_it_is() -> None:
    count, month = 100_000, 30 * 86_400 * 1_000_000
    path = SpotPath(price=100.0, volatility=0.2, at=0, random=np.random.default_rng(5))

    prices = path.sample(np.arange(1, count + 1) * month)

    gains = prices[1:] / prices[:-1] - 1.0
    assert gains.mean() == pytest.approx(0.0, abs=4 * gains.std() / np.sqrt(count))


async def test_the_ticks_of_the_source_have_the_volatility_at_the_money() -> None:
    settings = SyntheticSettings(chain_interval=20_000, quote_interval=20_000)
    events = await events_of("BANKNIFTY", seconds=20_000, settings=settings)
    chain = chains_of(events)[0]
    prices = np.array([tick.price for tick in ticks_of(events, "BANKNIFTY")])
    returns = np.diff(np.log(prices))

    annual = returns.std() * np.sqrt(SECONDS_PER_YEAR)

    assert chain.spot_price is not None
    at_the_money = np.abs(chain.calls.strikes - chain.spot_price).argmin()
    assert annual == pytest.approx(0.15, rel=4 / np.sqrt(2 * len(returns)))
    assert chain.calls.quoted_iv[at_the_money] == pytest.approx(0.15, rel=0.03)


async def test_every_product_moves_on_its_own() -> None:
    settings = SyntheticSettings(chain_interval=1e6, quote_interval=1e6)
    events = await events_of("NIFTY", "BANKNIFTY", seconds=2000, settings=settings)

    one, other = (
        np.diff(np.log([tick.price for tick in ticks_of(events, product)]))
        for product in ("NIFTY", "BANKNIFTY")
    )

    count = min(len(one), len(other))
    assert abs(np.corrcoef(one[:count], other[:count])[0, 1]) < 4 / np.sqrt(count)


def test_the_path_does_not_depend_on_how_it_is_asked_for() -> None:
    instants = np.cumsum(np.arange(1, 98) * 12_345)

    def path() -> SpotPath:
        return SpotPath(price=100.0, volatility=0.3, at=0, random=np.random.default_rng(5))

    one_by_one = path()
    single = np.concatenate([one_by_one.sample(instants[i : i + 1]) for i in range(97)])

    np.testing.assert_allclose(path().sample(instants), single, rtol=1e-15)


def test_a_smile_that_could_be_arbitraged_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be above 2"):
        Smile(volatility=0.2, skew=-0.5, curvature=1.4)


@EVERY_LISTING
def test_smiles_are_free_of_static_arbitrage(listing: Listing) -> None:
    """Durrleman's condition within a slice, and total variance that grows with time."""
    k = np.linspace(-0.5, 0.5, 2001)
    step = k[1] - k[0]
    earlier = np.zeros_like(k)
    for days in (0.5, 3, 7, 14, 28, 365):
        years = days / 365
        w = listing.smile.implied_volatility(log_moneyness=k, years=years) ** 2 * years
        slope = np.gradient(w, step)[2:-2]
        bend = np.gradient(np.gradient(w, step), step)[2:-2]
        inner, at = w[2:-2], k[2:-2]
        density = (1 - at * slope / (2 * inner)) ** 2 - slope**2 / 4 * (1 / inner + 0.25) + bend / 2
        assert (density >= 0).all()
        assert (w >= earlier).all()
        earlier = w


def test_volatility_at_the_money_is_that_of_the_smile() -> None:
    smile = Smile(volatility=0.2, skew=-0.4, curvature=0.9)

    implied = smile.implied_volatility(log_moneyness=np.zeros(1), years=0.1)

    assert implied == pytest.approx(0.2, rel=1e-12)


def test_options_are_worth_the_same_alone_and_together() -> None:
    terms = [
        Terms(
            listing=listing,
            strikes=listing.base_price + listing.strike_step * np.arange(-10.0, 11.0),
            spot=listing.base_price * 1.01,
            years=days / 365,
        )
        for listing in LISTINGS
        for days in (0.01, 7, 40)
    ]

    for one, together in zip(terms, value_options(terms), strict=True):
        (alone,) = value_options([one])
        for name in ("implied", "values", "bids", "asks", "deviations"):
            np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))
        assert (together.bids < together.values).all() or (together.bids == 1.0).any()
        assert (together.asks > together.values).all()
