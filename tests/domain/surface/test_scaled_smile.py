"""The problem that a fit solves is raw SVI in other numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.surface.smile_builders import SKEWED, fit_points_of

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.fit_points import FitPoints
from deltastream.domain.surface.scaled_smile import ScaledSmile

POINTS = fit_points_of(SKEWED, np.linspace(-0.3, 0.2, 21))
SMILE = ScaledSmile.of(POINTS)
PARAMETERS = st.tuples(
    st.floats(0.01, 1.0),
    st.floats(0.05, 1.5),
    st.floats(0.05, 1.5),
    st.floats(-2.0, 2.0),
    st.floats(-3.0, 1.0),
).map(np.array)


@given(parameters=PARAMETERS)
def test_residuals_are_errors_of_the_svi_that_the_parameters_stand_for(
    parameters: FloatArray,
) -> None:
    svi = SMILE.svi(parameters)
    errors = (svi.total_variance(POINTS.log_moneyness) - POINTS.total_variance) / SMILE.height
    np.testing.assert_allclose(
        SMILE.problem.residuals(parameters), SMILE.factors * errors, atol=1e-12
    )


@given(parameters=PARAMETERS)
def test_the_jacobian_has_the_derivatives_of_the_residuals(parameters: FloatArray) -> None:
    step = 1e-5
    for row, along in zip(SMILE.problem.jacobian(parameters), np.eye(5), strict=True):
        above, below = (
            SMILE.problem.residuals(parameters + sign * step * along) for sign in (1, -1)
        )
        np.testing.assert_allclose(row, (above - below) / (2 * step), atol=1e-6)


@given(data=st.data(), exponent=st.floats(-17.0, 7.0))
def test_everything_within_the_bounds_is_admissible(data: st.DataObject, exponent: float) -> None:
    smile = ScaledSmile.of(
        FitPoints(
            log_moneyness=POINTS.log_moneyness,
            total_variance=np.full(21, 10**exponent),
            weights=np.ones(21),
        )
    )
    bounds = zip(smile.problem.low.tolist(), smile.problem.high.tolist(), strict=True)
    parameters = [data.draw(st.one_of(st.sampled_from(each), st.floats(*each))) for each in bounds]
    svi = smile.svi(np.array(parameters))
    # The least total variance is a difference of numbers as large as b sigma.
    assert svi.least_total_variance >= -1e-15 * svi.b * svi.sigma
    assert abs(svi.rho) < 1.0
    assert svi.b * (1.0 + abs(svi.rho)) <= 2.0
    assert svi.sigma > 0.0
