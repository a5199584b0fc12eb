"""Smiles fitted to points."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import SKEWED, VOGT, fit_points_of
from tests.fixtures.example_counts import examples

from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.surface import fit
from deltastream.domain.surface.fit import WORST_FIT, SliceMethod, fit_curve, fit_svi
from deltastream.domain.surface.fit_points import FitPoints, fit_points
from deltastream.domain.surface.svi import SviParameters

K = np.linspace(-0.3, 0.25, 41)

KNOWN = st.builds(
    SviParameters,
    a=st.floats(0.0, 0.05),
    b=st.floats(0.01, 0.6),
    rho=st.floats(-0.95, 0.95),
    m=st.floats(-0.15, 0.15),
    sigma=st.floats(0.01, 0.5),
)
NASTY = st.lists(
    st.tuples(
        st.floats(-8, 8, allow_subnormal=False),
        st.one_of(st.floats(-17, 7), st.floats(-3, -1)).map(lambda exponent: 10**exponent),
        st.one_of(st.just(np.nan), st.floats(0, 1e9)),
    ),
    min_size=1,
    max_size=30,
).map(lambda rows: np.array(sorted(rows)).T)


def rms(errors: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def weighed(log_moneyness: FloatArray, variance: FloatArray, spreads: FloatArray) -> FitPoints:
    return fit_points(log_moneyness=log_moneyness, total_variance=variance, spreads=spreads)


@settings(max_examples=examples(200))
@given(known=KNOWN)
def test_a_known_slice_is_recovered(known: SviParameters) -> None:
    fitted = fit_svi(fit_points_of(known, K))
    np.testing.assert_allclose(fitted.total_variance(K), known.total_variance(K), atol=1e-10)


@pytest.mark.parametrize("known", [SKEWED, VOGT])
def test_its_parameters_are_recovered_too(known: SviParameters) -> None:
    fitted = fit_svi(fit_points_of(known, np.linspace(-1.0, 1.0, 61)))
    for name in ("a", "b", "rho", "m", "sigma"):
        assert getattr(fitted, name) == pytest.approx(getattr(known, name), abs=1e-7)


def test_a_wing_that_the_weights_hide_is_found() -> None:
    # The best of the first guesses has no upper wing, and from there none could grow.
    hidden = SviParameters(a=0.131153, b=0.249784, rho=0.431078, m=-0.278005, sigma=0.581908)
    k = np.linspace(-4.407, 4.407, 52)
    points = weighed(k, hidden.total_variance(k), np.full(52, np.nan))
    np.testing.assert_allclose(
        fit_svi(points).total_variance(k), hidden.total_variance(k), rtol=1e-8
    )


def test_five_points_determine_a_slice() -> None:
    k = np.array([-0.2, -0.08, 0.0, 0.07, 0.2])
    fitted = fit_curve(fit_points_of(SKEWED, k))
    assert fitted.method is SliceMethod.SVI
    np.testing.assert_allclose(fitted.curve.total_variance(k), SKEWED.total_variance(k), rtol=1e-6)


def test_noise_is_smoothed_not_followed() -> None:
    truth, left = np.sqrt(SKEWED.total_variance(K)), []
    for seed in range(40):
        noise = 0.01 * truth * np.random.default_rng(seed).standard_normal(len(K))
        points = replace(fit_points_of(SKEWED, K), total_variance=(truth + noise) ** 2)
        errors = np.sqrt(fit_svi(points).total_variance(K)) - truth
        left.append((rms(errors) / rms(noise)) ** 2)
        assert rms(errors - noise) < rms(noise)
    # Of 41 numbers of noise, 5 parameters take up as much as 5.
    assert np.mean(left) == pytest.approx(5 / 41, rel=0.25)


def test_a_point_without_weight_does_not_move_the_smile() -> None:
    points = fit_points_of(SKEWED, K)
    variance, weights = points.total_variance.copy(), points.weights.copy()
    variance[3] *= 4.0
    weights[3] = 1e-9

    fitted = fit_svi(replace(points, total_variance=variance, weights=weights))

    np.testing.assert_allclose(fitted.total_variance(K), SKEWED.total_variance(K), rtol=1e-6)


def test_what_is_minimised_is_the_weighted_error_of_volatility() -> None:
    random = np.random.default_rng(7)
    points = fit_points_of(SKEWED, K)
    points = replace(
        points,
        total_variance=points.total_variance * np.exp(1e-3 * random.standard_normal(len(K))),
        weights=random.uniform(0.1, 1.0, len(K)),
    )

    def cost(svi: SviParameters) -> float:
        errors = np.sqrt(svi.total_variance(K)) - points.deviations
        return rms(points.weights * errors)

    fitted = fit_svi(points)
    for name in ("a", "b", "rho", "m", "sigma"):
        for factor in (0.98, 1.02):
            moved = replace(fitted, **{name: getattr(fitted, name) * factor})
            assert cost(moved) > cost(fitted)


@settings(max_examples=examples(300))
@given(nasty=NASTY)
def test_parameters_are_admissible_whatever_the_points(nasty: FloatArray) -> None:
    points = weighed(*nasty)
    if len(points) >= 5:
        assert fit_svi(points).is_admissible


@settings(max_examples=examples(300))
@given(nasty=NASTY)
def test_every_curve_is_finite_and_above_zero(nasty: FloatArray) -> None:
    points = weighed(*nasty)
    fitted = fit_curve(points)
    k = points.log_moneyness
    curve = fitted.curve.total_variance(np.linspace(k[0] - 0.1, k[-1] + 0.1, 61))
    assert np.isfinite(curve).all()
    assert (curve > 0.0).all()
    assert (fitted.method is SliceMethod.SVI) == (fitted.svi is not None)


@pytest.mark.parametrize("variance", [1e-12, 1e-4, 0.04, 50.0])
def test_a_flat_smile_is_fitted_flat(variance: float) -> None:
    points = FitPoints(
        log_moneyness=K, total_variance=np.full(len(K), variance), weights=np.ones(len(K))
    )
    fitted = fit_curve(points)
    assert fitted.method is SliceMethod.SVI
    np.testing.assert_allclose(fitted.curve.total_variance(K), variance, rtol=1e-4)


def test_wings_are_no_steeper_than_they_may_be() -> None:
    steep = FitPoints(log_moneyness=K, total_variance=0.1 + 5.0 * abs(K), weights=np.ones(len(K)))
    fitted = fit_svi(steep)
    assert fitted.is_admissible
    assert fitted.b * (1.0 + abs(fitted.rho)) == pytest.approx(2.0)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_fewer_than_five_points_are_interpolated(count: int) -> None:
    points = fit_points_of(SKEWED, np.linspace(-0.1, 0.1, count))
    fitted = fit_curve(points)
    assert fitted.method is SliceMethod.INTERPOLATED
    assert fitted.svi is None
    assert fitted.no_svi is None
    np.testing.assert_allclose(
        fitted.curve.total_variance(points.log_moneyness), points.total_variance, rtol=1e-12
    )


def test_points_at_one_place_count_once() -> None:
    k = np.repeat([-0.1, 0.0, 0.1, 0.2], 2)
    variance = np.array([0.05, 0.05, 0.04, 0.06, 0.05, 0.05, 0.06, 0.06])
    points = weighed(k, variance, np.ones(8))

    fitted = fit_curve(points)

    assert points.log_moneyness.tolist() == [-0.1, 0.0, 0.1, 0.2]
    assert 0.04 < points.total_variance[1] < 0.06
    assert fitted.method is SliceMethod.INTERPOLATED


def test_a_fit_that_is_far_from_its_points_gives_way_to_interpolation() -> None:
    zigzag = np.where(np.arange(len(K)) % 2 == 0, 0.01, 0.25)
    points = FitPoints(log_moneyness=K, total_variance=zigzag, weights=np.ones(len(K)))

    fitted = fit_curve(points)

    assert fitted.method is SliceMethod.INTERPOLATED
    assert fitted.no_svi is MissingReason.NOT_CONVERGED
    np.testing.assert_allclose(fitted.curve.total_variance(K), zigzag, rtol=1e-12)


@pytest.mark.parametrize(("part", "method"), [(0.95, "SVI"), (1.05, "INTERPOLATED")])
def test_the_error_that_is_too_much_is_a_fifth_of_the_volatility(part: float, method: str) -> None:
    # Volatility 1 +- e in turns: the best smile is flat, and its error a part e of the whole.
    error = part * WORST_FIT
    volatility = 1.0 + error * np.where(np.arange(200) % 2 == 0, 1.0, -1.0)
    points = FitPoints(
        log_moneyness=np.linspace(-0.3, 0.3, 200),
        total_variance=volatility**2,
        weights=np.ones(200),
    )
    assert fit_curve(points).method.name == method


@pytest.mark.parametrize("wrong", [replace(SKEWED, b=1.9), replace(SKEWED, a=-0.005)])
def test_a_fit_that_were_not_admissible_would_not_be_used(
    wrong: SviParameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "fit_svi", lambda _: wrong)
    possible = K[wrong.total_variance(K) > 0.0]
    fitted = fit_curve(fit_points_of(wrong, possible))
    assert fitted.method is SliceMethod.INTERPOLATED
    assert fitted.no_svi is MissingReason.NOT_CONVERGED
