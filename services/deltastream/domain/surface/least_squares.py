"""Nonlinear least squares within bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray

_MOST_STEPS: Final = 60
_FIRST_DAMPING: Final = 1e-3
_LEAST_DAMPING: Final = 1e-10
_MOST_DAMPING: Final = 1e8
_EASE: Final = 5.0
_STIFFEN: Final = 3.0
"""Damping falls slowly and rises more slowly still, which follows a curved valley best."""

_GAIN_WORTH_A_STEP: Final = 1e-5
_NEGLIGIBLE: Final = 1e-28
_PROBE: Final = 0.1
_MOST_ACCELERATION: Final = 0.75


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastSquares:
    """A sum of squares to be minimised over a box.

    Attributes:
        residuals: maps parameters (p,) to residuals (n,).
        jacobian: maps parameters (p,) to the derivatives of the residuals, (p, n).
        low, high: the bounds, (p,).
        scale: a sum of squares that residuals of the size of the data would have.
    """

    residuals: Callable[[FloatArray], FloatArray]
    jacobian: Callable[[FloatArray], FloatArray]
    low: FloatArray
    high: FloatArray
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Parameters (p,), their residuals (n,), and the sum of the squares of these."""

    parameters: FloatArray
    residuals: FloatArray
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LocalModel:
    """The residuals to first order in those parameters that are not held by a bound."""

    free: FloatArray
    jacobian: FloatArray
    gradient: FloatArray
    hessian: FloatArray
    weights: FloatArray


def minimise(problem: LeastSquares, *, start: FloatArray) -> Estimate:
    """Minimise a sum of squares from `start`, which is moved into the bounds.

    Levenberg-Marquardt with geodesic acceleration, which turns with the valleys that parameters
    leave when they can stand in for one another: Transtrum and Sethna, "Improvements to the
    Levenberg-Marquardt algorithm for nonlinear least-squares minimization", arXiv:1201.5885
    (2012). Parameters at a bound that the cost would push beyond it are held.
    """
    # A trial far outside may overflow; it costs infinity or NaN, and is not taken.
    with np.errstate(over="ignore", invalid="ignore"):
        best, damping = _estimate(problem, start), _FIRST_DAMPING
        for _ in range(_MOST_STEPS):
            better, damping = _descend(problem, best, damping)
            if better is None:
                break
            gain, best = best.cost - better.cost, better
            if gain <= _GAIN_WORTH_A_STEP * best.cost or best.cost <= _NEGLIGIBLE * problem.scale:
                break
    return best


def _estimate(problem: LeastSquares, parameters: FloatArray) -> Estimate:
    inside = np.minimum(np.maximum(parameters, problem.low), problem.high)
    residuals = problem.residuals(inside)
    return Estimate(parameters=inside, residuals=residuals, cost=float(residuals @ residuals))


def _descend(
    problem: LeastSquares, best: Estimate, damping: float
) -> tuple[Estimate | None, float]:
    """Find a lower estimate, damping as much as it takes; None when there is none."""
    model = _local_model(problem, best)
    if model is None:
        return None, damping
    while damping < _MOST_DAMPING:
        trial = _accelerated(problem, best, model, damping)
        if trial is not None and trial.cost < best.cost:
            return trial, max(damping / _EASE, _LEAST_DAMPING)
        damping *= _STIFFEN
    return None, damping


def _local_model(problem: LeastSquares, best: Estimate) -> _LocalModel | None:
    jacobian = problem.jacobian(best.parameters)
    gradient = jacobian @ best.residuals
    held = (best.parameters <= problem.low) & (gradient > 0.0)
    held |= (best.parameters >= problem.high) & (gradient < 0.0)
    if held.all():
        return None
    free = np.eye(len(held))[~held]
    jacobian = jacobian[~held]
    hessian = jacobian @ jacobian.T
    diagonal = hessian.diagonal()
    return _LocalModel(
        free=free,
        jacobian=jacobian,
        gradient=gradient[~held],
        hessian=hessian,
        # A parameter without any effect must still make the damped matrix regular.
        weights=diagonal + 1e-12 * diagonal.max(),
    )


def _accelerated(
    problem: LeastSquares, best: Estimate, model: _LocalModel, damping: float
) -> Estimate | None:
    """Take a damped step, bent by the second derivative along it; None when it bends too much."""
    inverse = np.linalg.inv(model.hessian + np.diag(damping * model.weights))
    velocity = -(inverse @ model.gradient)
    probe = _estimate(problem, best.parameters + _PROBE * velocity @ model.free)
    change = (probe.residuals - best.residuals) / _PROBE
    second = 2.0 / _PROBE * (change - velocity @ model.jacobian)
    acceleration = -0.5 * (inverse @ (model.jacobian @ second))
    bend = 2.0 * sqrt(acceleration**2 @ model.weights)
    if not bend <= _MOST_ACCELERATION * sqrt(velocity**2 @ model.weights):
        return None
    return _estimate(problem, best.parameters + (velocity + acceleration) @ model.free)
