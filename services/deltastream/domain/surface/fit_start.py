"""A first guess of SVI: the best of a lattice of bends."""

from math import log, sqrt
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.surface.scaled_smile import FARTHEST_BEND, ScaledSmile

_SHIFTS: Final = np.sinh(np.linspace(-2.0, 2.0, 25)) * FARTHEST_BEND / np.sinh(2.0)
_WIDTHS: Final = np.geomspace(0.03, 10.0, 15)
_M: Final = np.repeat(_SHIFTS, len(_WIDTHS))
_SIGMA: Final = np.tile(_WIDTHS, len(_SHIFTS))
_FLATTEST: Final = 0.03
"""The least slope of a wing, as a part of the other's. A fit that starts without any stays so: the
root of the slope, its parameter, has no effect to first order where it is 0."""

_RIDGE: Final = 1.0 + 1e-11
"""Keeps the equations regular where bends are so wide or far that all three columns are lines."""


def first_guess(smile: ScaledSmile) -> FloatArray:
    """Return parameters of a ScaledSmile, shape (5,), near the best ones.

    With m and sigma given, SVI is linear in the rest: Zeliade Systems, "Quasi-explicit calibration
    of Gatheral's SVI model" (2009). So the linear problem is solved at all bends of a lattice at
    once, its solutions moved into their bounds, and the best one taken.
    """
    gram, moments = _normal_equations(smile)
    _, tilt, bend = np.linalg.solve(gram, moments[:, :, None])[:, :, 0].T
    up, down = np.clip((bend + tilt, bend - tilt), 0.0, smile.steepest_wing)
    tilt, bend = (up - down) / 2.0, (up + down) / 2.0
    level = (moments[:, 0] - tilt * gram[:, 0, 1] - bend * gram[:, 0, 2]) / gram[:, 0, 0]
    least = np.maximum(level + _SIGMA * np.sqrt(up) * np.sqrt(down), 0.0)
    solutions = np.stack((least - _SIGMA * np.sqrt(up) * np.sqrt(down), tilt, bend), axis=1)
    quadratic = (gram @ solutions[:, :, None])[:, :, 0] - 2.0 * moments
    best = int(np.argmin((solutions * quadratic).sum(axis=1)))
    return _parameters(*(float(each[best]) for each in (least, up, down, _M, _SIGMA)))


def _normal_equations(smile: ScaledSmile) -> tuple[FloatArray, FloatArray]:
    """Return the weighted normal equations of every bend, shapes (bends, 3, 3) and (bends, 3).

    The unknowns are a, b rho and b, which multiply 1, x - m and sqrt((x - m)^2 + sigma^2).
    """
    weights, x = smile.factors**2, smile.x
    columns = np.stack((weights, weights * x, weights * smile.variance), axis=1)
    radii = np.sqrt((x - _M[:, None]) ** 2 + _SIGMA[:, None] ** 2)
    total, first, variance = columns.sum(axis=0)
    second, variance_by_x = x @ columns[:, 1:]
    radius, radius_by_x, radius_by_variance = (radii @ columns).T
    squares = second - 2.0 * _M * first + _M**2 * total
    gram = np.empty((len(_M), 3, 3))
    gram[:, 0, 0] = total * _RIDGE
    gram[:, 0, 1] = gram[:, 1, 0] = first - _M * total
    gram[:, 0, 2] = gram[:, 2, 0] = radius
    gram[:, 1, 1] = squares * _RIDGE
    gram[:, 1, 2] = gram[:, 2, 1] = radius_by_x - _M * radius
    gram[:, 2, 2] = (squares + _SIGMA**2 * total) * _RIDGE
    moments = np.empty((len(_M), 3))
    moments[:, 0] = variance
    moments[:, 1] = variance_by_x - _M * variance
    moments[:, 2] = radius_by_variance
    return gram, moments


def _parameters(least: float, up: float, down: float, m: float, sigma: float) -> FloatArray:
    flattest = _FLATTEST * max(up, down)
    return np.array([least, sqrt(max(up, flattest)), sqrt(max(down, flattest)), m, log(sigma)])
