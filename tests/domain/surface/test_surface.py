"""Surfaces of many expiries."""

import itertools
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import (
    FORWARD,
    SKEWED,
    TODAY,
    VOGT,
    points_of,
    quotes,
    ssvi_slice,
)
from tests.fixtures.example_counts import examples

from deltastream.domain.missing import MissingReason
from deltastream.domain.surface.fit import SliceMethod
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.surface import Surface, fit_surface
from deltastream.domain.surface.surface_slice import SurfaceSlice

NAN = np.nan
DAYS = (7, 14, 30, 90, 365)
K = np.linspace(-0.4, 0.4, 17)
ANY_NUMBER = st.one_of(
    st.floats(), st.floats(0.01, 3.0), st.floats(80.0, 120.0), st.sampled_from([0.0, -1.0, NAN])
)


def clean_surface() -> Surface:
    return fit_surface([points_of(ssvi_slice(years=d / 365), days=d) for d in DAYS])


def only(points: SmilePoints) -> SurfaceSlice:
    (one,) = fit_surface([points]).slices
    return one


def test_slices_are_nearest_first_whatever_the_order() -> None:
    smiles = [points_of(ssvi_slice(years=d / 365), days=d) for d in (90, 7, 30)]
    surface = fit_surface(smiles)
    assert [one.expiry for one in surface.slices] == [
        TODAY + timedelta(days=d) for d in (7, 30, 90)
    ]


def test_a_clean_surface_has_no_arbitrage() -> None:
    for one in clean_surface().slices:
        assert one.method is SliceMethod.SVI
        assert one.missing == {}
        assert one.smile is not None
        assert one.smile.rms_error < 1e-8
        assert one.smile.butterfly.ranges == ()
        assert one.calendar is None or one.calendar.ranges == ()


def test_a_slice_says_what_it_was_fitted_to() -> None:
    one = only(points_of(SKEWED, days=30))

    assert one.forward == FORWARD
    assert one.years == 30 / 365
    assert one.smile is not None
    assert one.smile.quoted.low == pytest.approx(-0.3)
    assert one.smile.quoted.high == pytest.approx(0.3)
    assert one.smile.reach.low == pytest.approx(-0.45)
    assert one.smile.reach.high == pytest.approx(0.45)
    np.testing.assert_allclose(one.smile.fitted_ivs, one.ivs, atol=1e-8)
    at_the_forward = float(SKEWED.total_variance(np.zeros(1))[0])
    assert one.atm_iv == pytest.approx((at_the_forward / one.years) ** 0.5, abs=1e-8)


def test_the_error_is_the_root_mean_square_distance_from_the_quotes() -> None:
    exact = points_of(SKEWED, days=30)
    random = np.random.default_rng(3)
    one = only(replace(exact, ivs=exact.ivs + 0.003 * random.standard_normal(len(exact.ivs))))

    assert one.smile is not None
    distances = one.smile.fitted_ivs - one.ivs
    assert one.smile.rms_error == pytest.approx(float(np.sqrt(np.mean(distances**2))))
    assert 0.001 < one.smile.rms_error < 0.004


def test_butterfly_arbitrage_is_reported_on_its_slice_alone() -> None:
    wide = np.linspace(-1.4, 1.4, 57)
    surface = fit_surface(
        [
            points_of(ssvi_slice(years=0.1), days=36, log_moneyness=wide),
            points_of(VOGT, days=365, log_moneyness=wide),
        ]
    )
    clean, vogts = (one.smile for one in surface.slices)
    assert clean is not None
    assert vogts is not None
    assert clean.butterfly.ranges == ()
    (negative,) = vogts.butterfly.ranges
    assert negative.low == pytest.approx(0.643, abs=1e-3)
    assert negative.high == pytest.approx(1.257, abs=1e-3)


def test_a_crossed_calendar_is_reported_on_the_farther_slice_where_it_is() -> None:
    nearer = replace(SKEWED, a=0.02, b=0.02)
    farther = replace(SKEWED, a=0.0, b=0.2, m=0.05)
    nearest = ssvi_slice(years=0.001)
    surface = fit_surface(
        [
            points_of(nearest, days=3),
            points_of(nearer, days=30),
            points_of(farther, days=60),
        ]
    )
    first, second, third = (one.calendar for one in surface.slices)
    assert first is None
    assert second is not None
    assert second.ranges == ()
    assert third is not None
    assert third.nearer_expiry == TODAY + timedelta(days=30)
    assert third.examined == surface.smiles[1].reach
    (crossed,) = third.ranges
    k = np.linspace(-0.45, 0.45, 90_001)
    lower = k[farther.total_variance(k) < nearer.total_variance(k)]
    assert crossed.low == pytest.approx(lower[0], abs=2e-5)
    assert crossed.high == pytest.approx(lower[-1], abs=2e-5)


def test_calendars_are_compared_where_both_were_quoted() -> None:
    surface = fit_surface(
        [
            points_of(SKEWED, days=30, log_moneyness=np.linspace(0.0, 0.4, 21)),
            points_of(SKEWED, days=60, log_moneyness=np.linspace(-0.4, 0.2, 21)),
        ]
    )
    report = surface.slices[1].calendar
    assert report is not None
    assert report.examined is not None
    assert report.examined.low == pytest.approx(-0.1)
    assert report.examined.high == pytest.approx(0.35)


def test_calendars_without_common_ground_are_not_compared() -> None:
    apart = fit_surface(
        [
            points_of(SKEWED, days=30, log_moneyness=np.linspace(0.2, 0.3, 9)),
            points_of(replace(SKEWED, a=0.0), days=60, log_moneyness=np.linspace(-0.3, -0.2, 9)),
        ]
    )
    report = apart.slices[1].calendar
    assert report is not None
    assert report.examined is None
    assert report.ranges == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"years": 0.0}, MissingReason.EXPIRED),
        ({"years": -0.01}, MissingReason.EXPIRED),
        ({"years": 1e-12}, MissingReason.EXPIRED),
        ({"years": None}, MissingReason.NO_EXPIRY_TIME),
        ({"years": NAN}, MissingReason.INVALID_INPUT),
        ({"years": np.inf}, MissingReason.INVALID_INPUT),
        ({"forward": None}, MissingReason.NO_FORWARD),
        ({"forward": 0.0}, MissingReason.INVALID_INPUT),
        ({"forward": -1.0}, MissingReason.INVALID_INPUT),
        ({"forward": NAN}, MissingReason.INVALID_INPUT),
        ({"forward": np.inf}, MissingReason.INVALID_INPUT),
        ({"ivs": np.full(41, NAN)}, MissingReason.NO_IMPLIED_VOLATILITY),
        ({"ivs": np.zeros(41)}, MissingReason.NO_IMPLIED_VOLATILITY),
        ({"strikes": np.full(41, -1.0)}, MissingReason.NO_IMPLIED_VOLATILITY),
    ],
)
def test_what_cannot_be_fitted_has_its_reason_and_leaves_its_neighbours(
    change: dict[str, object], reason: MissingReason
) -> None:
    smiles = [points_of(ssvi_slice(years=d / 365), days=d) for d in (7, 30, 90)]
    whole = fit_surface([smiles[0], smiles[2]])

    surface = fit_surface([smiles[0], replace(smiles[1], **change), smiles[2]])  # type: ignore[arg-type]

    first, broken, last = surface.slices
    assert broken.smile is None
    assert broken.method is None
    assert broken.svi is None
    assert broken.reason is reason
    assert broken.missing == dict.fromkeys(("atm_iv", "fit_error", "least_density", "svi"), reason)
    assert broken.calendar is None
    assert (first.svi, last.svi) == tuple(one.svi for one in whole.slices)
    assert last.calendar == whole.slices[1].calendar
    assert last.calendar is not None
    assert last.calendar.nearer_expiry == first.expiry
    np.testing.assert_array_equal(surface.grid(K)[[0, 2]], whole.grid(K))
    assert np.isnan(surface.grid(K)[1]).all()


@pytest.mark.parametrize("absurd", [NAN, 0.0, -0.2, np.inf, 1e6])
def test_a_volatility_that_cannot_be_is_dropped(absurd: float) -> None:
    exact = points_of(SKEWED, days=30)
    ivs = exact.ivs.copy()
    ivs[[2, 20]] = absurd

    one = only(replace(exact, ivs=ivs))

    assert len(one.strikes) == len(one.ivs) == len(exact.ivs) - 2
    assert one.smile is not None
    assert one.smile.rms_error < 1e-8


@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_points_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    exact = points_of(SKEWED, days=30)
    noisy = replace(
        exact,
        ivs=exact.ivs * np.exp(0.02 * random.standard_normal(len(exact.ivs))),
        spreads=random.uniform(0.5, 3.0, len(exact.ivs)),
        strikes=exact.strikes.round(-3),  # Most strikes come more than once.
    )
    assert noisy.spreads is not None
    order = random.permutation(len(noisy.ivs))
    shuffled = replace(
        noisy,
        ivs=noisy.ivs[order],
        strikes=noisy.strikes[order],
        spreads=noisy.spreads[order],
    )
    assert only(shuffled).svi == only(noisy).svi
    assert only(shuffled).ivs.tolist() == only(noisy).ivs.tolist()


def test_narrow_quotes_count_for_more() -> None:
    exact = points_of(SKEWED, days=30)
    ivs, spreads = exact.ivs.copy(), np.ones(len(exact.ivs))
    ivs[18:23] += 0.02
    spreads[18:23] = 20.0

    with_spreads, without = (
        only(replace(exact, ivs=ivs, spreads=spreads)),
        only(replace(exact, ivs=ivs)),
    )

    truth = only(exact).atm_iv
    assert with_spreads.atm_iv == pytest.approx(truth, abs=0.001)
    assert without.atm_iv != pytest.approx(truth, abs=0.005)


def test_few_points_are_interpolated_and_flat_beyond() -> None:
    one = only(quotes([0.22, 0.20, 0.19, 0.205]))  # At strikes 98 to 101.

    assert one.method is SliceMethod.INTERPOLATED
    assert one.svi is None
    assert one.missing == {}
    assert one.smile is not None
    assert one.smile.rms_error == pytest.approx(0.0, abs=1e-15)
    assert one.smile.reach == one.smile.quoted
    beyond = one.smile.implied_volatility(np.array([-1.0, 1.0]))
    np.testing.assert_allclose(beyond, [0.22, 0.205], rtol=1e-12)
    assert one.atm_iv == pytest.approx(0.19)


def test_one_point_is_a_flat_smile() -> None:
    one = only(quotes([0.2], strikes=[100.0]))
    assert one.method is SliceMethod.INTERPOLATED
    assert one.atm_iv == pytest.approx(0.2)
    np.testing.assert_allclose(fit_surface([quotes([0.2])]).grid(K), 0.2, rtol=1e-12)


@pytest.mark.parametrize("strikes", [[103.0], [101.0, 102.0], [90.0, 92.0, 94.0, 95.0, 96.0, 99.0]])
def test_no_volatility_at_the_money_without_quotes_about_it(strikes: list[float]) -> None:
    one = only(quotes([0.2] * len(strikes), strikes=strikes))
    assert one.smile is not None
    assert one.atm_iv is None
    assert one.missing == {"atm_iv": MissingReason.OUTSIDE_RANGE}


def test_points_that_make_no_smile_are_interpolated_and_it_is_said() -> None:
    one = only(quotes([0.1, 0.5] * 10, strikes=[80.0 + 2 * index for index in range(20)]))
    assert one.method is SliceMethod.INTERPOLATED
    assert one.missing == {"svi": MissingReason.NOT_CONVERGED}


@settings(max_examples=examples(200))
@given(data=st.data())
def test_nothing_raises_and_no_fitted_figure_is_nan(data: st.DataObject) -> None:
    def column(count: int) -> st.SearchStrategy[np.ndarray[tuple[int], np.dtype[np.float64]]]:
        return st.lists(ANY_NUMBER, min_size=count, max_size=count).map(
            lambda rows: np.array(rows, dtype=np.float64)
        )

    counts = data.draw(st.lists(st.integers(0, 12), max_size=3))
    surface = fit_surface(
        [
            SmilePoints(
                expiry=TODAY + timedelta(days=days),
                forward=data.draw(st.one_of(st.none(), st.just(100.0), ANY_NUMBER)),
                years=data.draw(st.one_of(st.none(), st.floats(0.001, 3.0), ANY_NUMBER)),
                strikes=data.draw(column(count)),
                ivs=data.draw(column(count)),
                spreads=data.draw(st.one_of(st.none(), column(count))),
            )
            for days, count in enumerate(counts)
        ]
    )
    for one, row in zip(surface.slices, surface.grid(K), strict=True):
        assert (one.smile is None) == (one.method is None) == np.isnan(row).all()
        assert one.forward is None or np.isfinite(one.forward)
        assert one.years is None or np.isfinite(one.years)
        if one.smile is not None:
            figures = (*row, *one.smile.fitted_ivs, one.smile.butterfly.least_density)
            assert np.isfinite(figures).all()
            assert (row > 0.0).all()
            assert one.svi is None or one.svi.is_admissible
        else:
            assert one.reason is not None


def test_a_surface_of_no_expiries_is_empty() -> None:
    surface = fit_surface([])
    assert surface.slices == ()
    assert surface.grid(K).shape == (0, len(K))
    assert np.isnan(surface.implied_volatility(K, years=0.1)).all()


def test_columns_that_are_not_parallel_are_refused() -> None:
    whole = points_of(SKEWED, days=30)
    with pytest.raises(ValueError, match=r"ivs of shape \(3,\) are not parallel"):
        replace(whole, ivs=np.zeros(3))
    with pytest.raises(ValueError, match=r"spreads of shape \(3,\) are not parallel"):
        replace(whole, spreads=np.zeros(3))


def test_strikes_that_are_no_row_are_refused() -> None:
    with pytest.raises(ValueError, match="no row of strikes"):
        replace(points_of(SKEWED, days=30), strikes=np.zeros((2, 2)))


def test_the_grid_has_the_slices_own_volatilities() -> None:
    surface = clean_surface()
    grid = surface.grid(K)
    assert grid.shape == (len(DAYS), len(K))
    for row, days in zip(grid, DAYS, strict=True):
        exact = ssvi_slice(years=days / 365).total_variance(K)
        np.testing.assert_allclose(row, np.sqrt(exact / (days / 365)), atol=1e-7)


def test_at_an_expiry_the_surface_is_its_slice() -> None:
    surface = clean_surface()
    for row, days in zip(surface.grid(K), DAYS, strict=True):
        at_expiry = surface.implied_volatility(K, years=days / 365)
        np.testing.assert_allclose(at_expiry, row, rtol=1e-12)


def test_between_expiries_total_variance_is_linear_in_time() -> None:
    surface, (early, late) = clean_surface(), (14 / 365, 30 / 365)
    before, after = surface.grid(K)[[1, 2]]
    for part in (0.25, 0.5, 0.9):
        years = early + part * (late - early)
        expected = (1 - part) * before**2 * early + part * after**2 * late
        found = surface.implied_volatility(K, years=years)
        np.testing.assert_allclose(found**2 * years, expected, rtol=1e-12)


def test_before_the_first_and_after_the_last_expiry_volatility_is_theirs() -> None:
    surface = clean_surface()
    grid = surface.grid(K)
    np.testing.assert_array_equal(surface.implied_volatility(K, years=1e-3), grid[0])
    np.testing.assert_array_equal(surface.implied_volatility(K, years=5.0), grid[-1])


def test_time_adds_no_calendar_arbitrage() -> None:
    surface = clean_surface()
    times = np.concatenate((np.geomspace(1e-3, 3.0, 60), np.array(DAYS) / 365))
    variances = [surface.implied_volatility(K, years=t) ** 2 * t for t in np.sort(times).tolist()]
    for earlier, later in itertools.pairwise(variances):
        assert (later >= earlier * (1 - 1e-12)).all()


@pytest.mark.parametrize("years", [0.0, -1.0, NAN])
def test_at_expiry_there_is_no_volatility(years: float) -> None:
    assert np.isnan(clean_surface().implied_volatility(K, years=years)).all()


def test_expiries_without_a_smile_are_passed_over_in_time() -> None:
    smiles = [points_of(ssvi_slice(years=d / 365), days=d) for d in (7, 30, 90)]
    gap = fit_surface([smiles[0], replace(smiles[1], forward=None), smiles[2]])
    two = fit_surface([smiles[0], smiles[2]])
    np.testing.assert_array_equal(
        gap.implied_volatility(K, years=30 / 365), two.implied_volatility(K, years=30 / 365)
    )


def test_fits_are_deterministic() -> None:
    assert [one.svi for one in clean_surface().slices] == [
        one.svi for one in clean_surface().slices
    ]
