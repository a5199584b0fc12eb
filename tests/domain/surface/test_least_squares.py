"""Sums of squares are minimised within their bounds."""

from collections.abc import Callable

import numpy as np
import pytest

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.least_squares import LeastSquares, minimise

Mapping = Callable[[FloatArray], FloatArray]


def problem(
    residuals: Mapping, jacobian: Mapping, *, low: float = -1e3, high: float = 1e3, size: int = 2
) -> LeastSquares:
    return LeastSquares(
        residuals=residuals,
        jacobian=jacobian,
        low=np.full(size, low),
        high=np.full(size, high),
        scale=1.0,
    )


def rosenbrock(*, low: float = -1e3, high: float = 1e3) -> LeastSquares:
    return problem(
        lambda p: np.array([10.0 * (p[1] - p[0] ** 2), 1.0 - p[0]]),
        lambda p: np.array([[-20.0 * p[0], -1.0], [10.0, 0.0]]),
        low=low,
        high=high,
    )


def exponential_sum() -> LeastSquares:
    """Two decay rates that can nearly stand in for one another: a long curved valley."""
    t = np.linspace(0.0, 3.0, 31)
    data = np.exp(-1.0 * t) + np.exp(-1.3 * t)
    return problem(
        lambda p: np.exp(-p[0] * t) + np.exp(-p[1] * t) - data,
        lambda p: np.array([-t * np.exp(-p[0] * t), -t * np.exp(-p[1] * t)]),
    )


@pytest.mark.parametrize("start", [[-1.2, 1.0], [3.0, -5.0], [1e5, -1e5]])
def test_the_minimum_is_found(start: list[float]) -> None:
    found = minimise(rosenbrock(), start=np.array(start))
    np.testing.assert_allclose(found.parameters, [1.0, 1.0], rtol=1e-9)
    assert found.cost == pytest.approx(0.0, abs=1e-18)


def test_it_is_found_along_a_curved_valley() -> None:
    found = minimise(exponential_sum(), start=np.array([0.1, 6.0]))
    np.testing.assert_allclose(np.sort(found.parameters), [1.0, 1.3], atol=1e-5)


def test_at_a_bound_the_rest_is_still_minimised() -> None:
    # With the first parameter held at 0.5, the second belongs at its square.
    found = minimise(rosenbrock(high=0.5), start=np.array([-1.0, 0.5]))
    np.testing.assert_allclose(found.parameters, [0.5, 0.25], atol=1e-6)
    found = minimise(rosenbrock(low=1.5), start=np.array([9.0, 1.5]))
    np.testing.assert_allclose(found.parameters, [1.5, 2.25], atol=1e-6)


def test_a_bound_is_left_again_when_the_minimum_is_inside() -> None:
    found = minimise(rosenbrock(low=0.0, high=2.0), start=np.array([0.0, 2.0]))
    np.testing.assert_allclose(found.parameters, [1.0, 1.0], rtol=1e-9)


def test_where_every_parameter_is_held_nothing_moves() -> None:
    away = problem(lambda p: p + 1.0, lambda _: np.eye(2), low=0.0, high=1.0)
    assert minimise(away, start=np.array([-7.0, 0.0])).parameters.tolist() == [0.0, 0.0]


def test_a_parameter_without_effect_stays_where_it_is() -> None:
    deaf = problem(lambda p: np.array([p[0] - 3.0]), lambda _: np.array([[1.0], [0.0]]))
    np.testing.assert_allclose(minimise(deaf, start=np.array([0.0, 7.0])).parameters, [3.0, 7.0])


def test_a_trial_that_overflows_is_not_taken() -> None:
    # The first step leads from a slope that is almost flat to where the function overflows.
    steep = problem(
        lambda p: np.exp(p) - 1.0, lambda p: np.diag(np.exp(p)), low=-1e6, high=1e6, size=1
    )
    assert minimise(steep, start=np.array([-10.0])).parameters == pytest.approx([0.0], abs=1e-9)
