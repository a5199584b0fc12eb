"""One step of Householder's fourth-order method towards a root."""

from typing import NamedTuple

from deltastream.domain.arrays import FloatArray


class Derivatives(NamedTuple):
    """A function g near its root, by its derivatives in units of the first.

    Attributes:
        newton: -g / g', the step that Newton would take.
        second: g'' / g'.
        third: g''' / g'.
        fourth: g'''' / g'.
    """

    newton: FloatArray
    second: FloatArray
    third: FloatArray
    fourth: FloatArray


def householder_step(derivatives: Derivatives) -> FloatArray:
    """Return the step to the root; the error that remains is of the fifth order in it.

    After Householder, "The Numerical Treatment of a Single Nonlinear Equation" (1970): the step of
    order d is d times the (d-1)th derivative of 1 / g over its dth, written out here for d = 4.
    """
    newton, second, third, fourth = derivatives
    numerator = newton * (third / 6.0)
    numerator += second
    numerator *= newton
    numerator += 1.0
    denominator = newton * (fourth / 24.0)
    denominator += third / 3.0
    denominator += 0.25 * second * second
    denominator *= newton
    denominator += 1.5 * second
    denominator *= newton
    denominator += 1.0
    numerator *= newton
    numerator /= denominator
    return numerator
