"""The figures of a chain, and the reason of each that is absent."""

import numpy as np
from tests.domain.chain_builders import chain, legs, legs_with_open_interest, measure

from deltastream.domain.figures import ChainMetrics, PriceBasis
from deltastream.domain.missing import MissingReason

STRIKES = [90.0, 100.0, 110.0]
OF_POSITIONS = (
    *("pcr_oi", "pcr_volume", "max_pain_strike", "support", "resistance"),
    *("atm_strike", "atm_call_price", "atm_put_price", "atm_straddle_price"),
    "expected_move_straddle",
)
"""What follows from quotes and open interest alone, without a volatility."""


def reasons(metrics: ChainMetrics) -> dict[str, MissingReason]:
    return {name: metrics.missing[name] for name in OF_POSITIONS if name in metrics.missing}


def test_a_full_chain_has_every_figure() -> None:
    metrics = measure(
        chain(
            calls=legs(STRIKES, bid=4.0, ask=6.0, open_interest=[1, 2, 5], volume=[10, 20, 10]),
            puts=legs(STRIKES, bid=2.0, ask=4.0, open_interest=[4, 2, 0], volume=[5, 5, 0]),
            spot_price=101.0,
        )
    )

    assert (metrics.total_call_oi, metrics.total_put_oi, metrics.pcr_oi) == (8.0, 6.0, 0.75)
    assert (metrics.total_call_volume, metrics.total_put_volume) == (40.0, 10.0)
    assert metrics.pcr_volume == 0.25
    assert (metrics.atm_strike, metrics.atm_straddle_price) == (100.0, 8.0)
    assert metrics.atm_straddle_basis is PriceBasis.MID
    assert (metrics.max_pain_strike, metrics.max_pain_ties) == (100.0, (100.0,))
    assert (metrics.support, metrics.resistance) == (90.0, 110.0)
    assert (metrics.atm_call_price, metrics.atm_put_price) == (5.0, 3.0)
    assert reasons(metrics) == {}


def test_the_lowest_of_tied_strikes_is_the_max_pain_strike() -> None:
    metrics = measure(
        chain(calls=legs_with_open_interest({90: 1}), puts=legs_with_open_interest({100: 1}))
    )

    assert metrics.max_pain_ties == (90.0, 100.0)
    assert metrics.max_pain_strike == 90.0


def test_totals_pass_over_what_is_not_stated() -> None:
    metrics = measure(
        chain(
            calls=legs(STRIKES, open_interest=[1, np.nan, 5], volume=[np.nan, 2, 2]),
            puts=legs(STRIKES, open_interest=[3, 3, np.nan], volume=[1, 1, np.nan]),
        )
    )

    assert (metrics.pcr_oi, metrics.pcr_volume) == (1.0, 0.5)


def test_without_calls_to_divide_by_the_ratios_are_absent() -> None:
    metrics = measure(
        chain(
            calls=legs(STRIKES, last=1.0, open_interest=0.0),
            puts=legs(STRIKES, last=1.0, open_interest=7.0, volume=3.0),
        )
    )

    assert metrics.pcr_oi is None
    assert metrics.pcr_volume is None
    assert reasons(metrics) == {
        "pcr_oi": MissingReason.NO_CALL_OPEN_INTEREST,
        "pcr_volume": MissingReason.NO_CALL_VOLUME,
        "resistance": MissingReason.NO_OPEN_INTEREST_ON_SIDE,
    }
    assert metrics.support == 90.0


def test_without_any_open_interest_max_pain_is_absent() -> None:
    metrics = measure(chain(calls=legs(STRIKES, open_interest=0.0), puts=legs(STRIKES)))

    assert metrics.max_pain_strike is None
    assert metrics.max_pain_ties == ()
    assert metrics.missing["max_pain_strike"] is MissingReason.NO_OPEN_INTEREST


def test_without_a_spot_price_nothing_is_at_the_money() -> None:
    metrics = measure(
        chain(calls=legs(STRIKES, last=1.0), puts=legs(STRIKES, last=1.0), spot_price=None)
    )

    assert metrics.atm_strike is None
    assert metrics.atm_straddle_price is None
    assert metrics.atm_straddle_basis is None
    assert metrics.missing["atm_strike"] is MissingReason.NO_SPOT
    assert metrics.missing["atm_straddle_price"] is MissingReason.NO_SPOT


def test_without_a_strike_that_has_both_legs_nothing_is_at_the_money() -> None:
    metrics = measure(chain(calls=legs([90.0], last=1.0), puts=legs([110.0], last=1.0)))

    assert metrics.atm_strike is None
    assert metrics.missing["atm_strike"] is MissingReason.NO_PAIR
    assert metrics.missing["atm_straddle_price"] is MissingReason.NO_PAIR


def test_a_leg_without_a_price_leaves_the_strike_and_takes_the_straddle() -> None:
    metrics = measure(chain(calls=legs(STRIKES, last=1.0), puts=legs(STRIKES)))

    assert metrics.atm_strike == 100.0
    assert metrics.atm_straddle_price is None
    assert "atm_strike" not in metrics.missing
    assert metrics.missing["atm_straddle_price"] is MissingReason.NO_PRICE


def test_a_chain_of_one_strike_has_every_figure() -> None:
    only = legs([100.0], bid=1.0, ask=2.0, open_interest=4.0, volume=2.0)

    metrics = measure(chain(calls=only, puts=only))

    assert (metrics.pcr_oi, metrics.pcr_volume) == (1.0, 1.0)
    assert (metrics.atm_strike, metrics.atm_straddle_price) == (100.0, 3.0)
    assert metrics.max_pain_ties == (100.0,)
    assert reasons(metrics) == {}


def test_an_empty_chain_explains_every_figure() -> None:
    metrics = measure(chain(calls=legs([]), puts=legs([])))

    assert reasons(metrics).keys() == set(OF_POSITIONS)
