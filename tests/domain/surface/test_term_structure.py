"""Forward and volatility by expiry."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.domain.surface.smile_builders import TODAY, points_of, quotes, ssvi_slice

from deltastream.domain.surface.surface import fit_surface
from deltastream.domain.surface.term_structure import TermStructure, term_structure


def of_volatilities(by_days: dict[int, float]) -> TermStructure:
    smiles = [quotes([volatility] * 5, days=days) for days, volatility in by_days.items()]
    return term_structure(fit_surface(smiles))


def test_every_expiry_has_its_figures() -> None:
    smiles = [
        points_of(ssvi_slice(years=days / 365), days=days, forward=100.0 + days) for days in (7, 30)
    ]
    found = term_structure(fit_surface(smiles))

    assert found.expiries == (TODAY + timedelta(days=7), TODAY + timedelta(days=30))
    assert found.years.tolist() == [7 / 365, 30 / 365]
    assert found.forwards.tolist() == [107.0, 130.0]
    np.testing.assert_allclose(found.atm_ivs, 0.2, rtol=1e-7)


def test_what_is_unknown_is_absent() -> None:
    known = points_of(ssvi_slice(years=0.1), days=36)
    found = term_structure(fit_surface([replace(known, forward=None, years=None)]))
    assert np.isnan([found.years[0], found.forwards[0], found.atm_ivs[0]]).all()


def test_constant_maturity_is_linear_in_total_variance() -> None:
    found = of_volatilities({20: 0.10, 40: 0.20}).constant_maturity(30 / 365)
    # Total variance at 30 days is the mean of those at 20 and 40.
    expected = ((0.10**2 * 20 + 0.20**2 * 40) / 2 / 30) ** 0.5
    assert found == pytest.approx(expected, rel=1e-4)


def test_thirty_days_is_the_usual_maturity() -> None:
    terms = of_volatilities({20: 0.10, 40: 0.20})
    assert terms.constant_maturity() == terms.constant_maturity(30 / 365)


@pytest.mark.parametrize(("days", "volatility"), [(20, 0.10), (40, 0.20)])
def test_at_an_expiry_it_is_the_expiry_s(days: int, volatility: float) -> None:
    found = of_volatilities({20: 0.10, 40: 0.20}).constant_maturity(days / 365)
    assert found == pytest.approx(volatility, rel=1e-4)


@pytest.mark.parametrize("days", [19, 41])
def test_outside_the_expiries_it_is_absent(days: int) -> None:
    assert of_volatilities({20: 0.10, 40: 0.20}).constant_maturity(days / 365) is None


@pytest.mark.parametrize("by_days", [{}, {29: 0.1}, {31: 0.1}])
def test_without_expiries_about_it_it_is_absent(by_days: dict[int, float]) -> None:
    assert of_volatilities(by_days).constant_maturity() is None


def test_expiries_without_volatility_at_the_money_are_passed_over() -> None:
    smiles = [
        quotes([0.10] * 5, days=20),
        quotes([0.90] * 5, days=30, strikes=[150.0 + index for index in range(5)]),
        quotes([0.10] * 5, days=40),
    ]
    terms = term_structure(fit_surface(smiles))
    assert np.isnan(terms.atm_ivs[1])
    assert terms.constant_maturity() == pytest.approx(0.10, rel=1e-4)
