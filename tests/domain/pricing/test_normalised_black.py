"""Black's formula, normalised, against the same formula in 400 digits and in its limits.

EXACT holds (x, s, b). The arguments are exact doubles, b is what Python and mpmath give for

    mp.dps = 400
    N = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
    b = float(mp.exp(x / 2) * N(x / s + s / 2) - mp.exp(-x / 2) * N(x / s - s / 2))

with mpf arguments, for every s in (1e-6, 0.003, 0.03, 0.079, 0.081, 0.3, 1, 2.5, 6, 20) and x at 0,
0.05, 0.7, 2, 4.5, 9 and 25 deviations, rounded to four digits.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erf

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    headroom_per_vega,
    normalised_black,
    normalised_vega,
    value_per_vega,
)

EPSILON = np.finfo(np.float64).eps

EXACT = np.array(
    [
        (0.0, 1e-06, 3.98942280401416e-07),
        (-5e-08, 1e-06, 3.74440854386666e-07),
        (-7e-07, 1e-06, 1.4287937681060005e-07),
        (-2e-06, 1e-06, 8.490702616828802e-09),
        (-4.5e-06, 1e-06, 6.942120456201213e-13),
        (-9e-06, 1e-06, 1.2247791808433328e-26),
        (-2.5e-05, 1e-06, 1.2187970462988138e-145),
        (0.0, 0.003, 0.0011968263923943841),
        (-0.00015, 0.003, 0.0011233221159639105),
        (-0.0021, 0.003, 0.00042863785790851544),
        (-0.006, 0.003, 2.547208531882372e-05),
        (-0.0135, 0.003, 2.0826339701711614e-09),
        (-0.027, 0.003, 3.6743335030828737e-23),
        (-0.075, 0.003, 3.6563870384773745e-142),
        (0.0, 0.03, 0.011967819617124462),
        (-0.0015, 0.03, 0.01123277845042746),
        (-0.021, 0.03, 0.004286108791253049),
        (-0.06, 0.03, 0.00025469854786534893),
        (-0.135, 0.03, 2.0824194791304553e-08),
        (-0.27, 0.03, 3.6739336197622186e-22),
        (-0.75, 0.03, 3.6559811196714587e-141),
        (0.0, 0.079, 0.031508246481807355),
        (-0.00395, 0.079, 0.02957266329135758),
        (-0.0553, 0.079, 0.01128249560943915),
        (-0.158, 0.079, 0.0006703541936416518),
        (-0.3555, 0.079, 5.480320065063763e-08),
        (-0.711, 0.079, 9.668382021380426e-22),
        (-1.975, 0.079, 9.621011917021397e-141),
        (0.0, 0.081, 0.03230549295705111),
        (-0.00405, 0.081, 0.03032090920930988),
        (-0.0567, 0.081, 0.011567866928537309),
        (-0.162, 0.081, 0.0006873035696201156),
        (-0.3645, 0.081, 5.61885449753227e-08),
        (-0.729, 0.081, 9.912763702536689e-22),
        (-2.025, 0.081, 9.86418851228663e-141),
        (0.0, 0.3, 0.11923538474048503),
        (-0.015, 0.3, 0.11188656757016255),
        (-0.21, 0.3, 0.04259232208781801),
        (-0.6, 0.3, 0.0025247823876094937),
        (-1.35, 0.3, 2.061082118911401e-07),
        (-2.7, 0.3, 3.6341643844841326e-21),
        (-7.5, 0.3, 3.6156159812251304e-140),
        (0.0, 1.0, 0.3829249225480262),
        (-0.05, 1.0, 0.35848200148808596),
        (-0.7, 1.0, 0.13319903678410086),
        (-2.0, 1.0, 0.007697375453146092),
        (-4.5, 1.0, 6.184499390553886e-07),
        (-9.0, 1.0, 1.083950537658192e-20),
        (-25.0, 1.0, 1.0760102753454068e-139),
        (0.0, 2.5, 0.7887004526662895),
        (-0.125, 2.5, 0.7282715320116183),
        (-1.75, 2.5, 0.23410604078793795),
        (-5.0, 2.5, 0.011573101813892869),
        (-11.25, 2.5, 8.43840496214956e-07),
        (-22.5, 2.5, 1.4272478079550373e-20),
        (-62.5, 2.5, 1.398472448777322e-139),
        (0.0, 6.0, 0.9973002039367398),
        (-0.3, 6.0, 0.8580110449690254),
        (-4.2, 6.0, 0.12026288110342961),
        (-12.0, 6.0, 0.001969841622848186),
        (-27.0, 6.0, 6.831505340911205e-08),
        (-54.0, 6.0, 9.091457266982897e-22),
        (-150.0, 6.0, 8.24112029742869e-141),
        (0.0, 20.0, 1.0),
        (-1.0, 20.0, 0.6065306597126334),
        (-14.0, 20.0, 0.0009118819655545162),
        (-40.0, 20.0, 2.061153622438556e-09),
        (-90.0, 20.0, 2.862518505030002e-20),
        (-180.0, 20.0, 6.789922948381967e-40),
        (-500.0, 20.0, 5.584080153621333e-160),
    ]
)


def elasticity(x: FloatArray, s: FloatArray) -> FloatArray:
    """How many times as much b changes as s, in parts of themselves."""
    return s / value_per_vega(-x / s, s)


def test_equals_the_formula_in_400_digits_as_closely_as_its_arguments_are_known() -> None:
    # Moving s by its last digit moves b by a part of EPSILON * elasticity, 600 of them 25
    # deviations from the money: no more precision is to be had from rounded arguments.
    x, s, exact = EXACT.T
    error = np.abs(normalised_black(x, s) / exact - 1.0)

    assert np.all(error <= 64 * EPSILON * np.maximum(elasticity(x, s), 1.0))


def test_loses_two_digits_at_most_within_five_deviations() -> None:
    x, s, exact = EXACT[-EXACT[:, 0] <= 5.0 * EXACT[:, 1]].T

    np.testing.assert_allclose(normalised_black(x, s), exact, rtol=5e-14)


def test_is_an_error_function_at_the_money() -> None:
    s = np.geomspace(1e-90, 50.0, 400)

    expected: FloatArray = erf(s / np.sqrt(8.0))
    np.testing.assert_allclose(normalised_black(0.0, s), expected, rtol=2e-14)


@pytest.mark.parametrize("x", [-1e-300, -1e-9, -0.1, -3.0, -600.0])
def test_is_worth_nothing_without_deviation_and_its_maximum_with_all(x: float) -> None:
    assert normalised_black(x, 0.0) == 0.0
    assert normalised_black(x, np.inf) == np.exp(x / 2.0)


@pytest.mark.parametrize(
    ("x", "s"), [(0.1, 1.0), (np.nan, 1.0), (-0.1, np.nan), (-0.1, -1.0), (np.inf, 1.0)]
)
def test_is_not_a_number_out_of_range(x: float, s: float) -> None:
    assert np.isnan(normalised_black(x, s))


@given(x=st.floats(-700.0, 0.0), s=st.floats(1e-90, 1e6), factor=st.floats(1.0 + 1e-9, 10.0))
def test_grows_with_deviation_up_to_its_maximum(x: float, s: float, factor: float) -> None:
    less, more = normalised_black(x, np.array([s, s * factor]))
    rounding = 1e-13 * more

    assert 0.0 <= less <= more + rounding
    assert more <= np.exp(x / 2.0)


@given(x=st.floats(-30.0, 0.0), s=st.floats(1e-3, 8.0))
def test_value_and_headroom_are_the_whole(x: float, s: float) -> None:
    distance, deviation = np.array([-x / s]), np.array([s])
    if 0.5 * s < distance[0] - 30.0:
        return  # where headroom in units of vega is too large for a double
    vega = normalised_vega(distance, deviation)
    value = vega * value_per_vega(distance, deviation)
    headroom = vega * headroom_per_vega(distance, deviation)

    np.testing.assert_allclose(value + headroom, np.exp(x / 2.0), rtol=1e-12)


@given(x=st.floats(-5.0, -1e-3), s=st.floats(0.05, 4.0))
def test_vega_is_the_slope(x: float, s: float) -> None:
    # A difference of fourth order; the slopes that matter are those that it can see.
    step = 1e-3 * s
    nodes = normalised_black(x, s + step * np.array([-2.0, -1.0, 1.0, 2.0]))
    slope = nodes @ np.array([1.0, -8.0, 8.0, -1.0]) / (12.0 * step)

    vega = normalised_vega(np.array(-x / s), np.array(s))
    assert slope == pytest.approx(float(vega), rel=1e-4, abs=1e-11)


def test_broadcasts() -> None:
    x, s = np.array([[0.0], [-0.5]]), np.array([0.1, 0.2, 3.0])
    together = normalised_black(x, s)

    assert together.shape == (2, 3)
    for row, column in np.ndindex(together.shape):
        assert together[row, column] == normalised_black(x[row, 0], s[column])
