"""How close the first guess is: what lets the search end with its first step."""

import numpy as np

from deltastream.domain.arrays import FloatArray
from deltastream.domain.pricing.implied_volatility.initial_guess import (
    guess_from_headroom,
    guess_from_value,
)
from deltastream.domain.pricing.implied_volatility.normalised_black import (
    headroom_per_vega,
    normalised_black,
    normalised_vega,
)


def options(*, s_up_to: float, distance_up_to: float) -> tuple[FloatArray, ...]:
    """Return log distance, s, value and headroom of options with positive ones."""
    s, distance = np.meshgrid(
        np.geomspace(1e-4, s_up_to, 200),
        np.concatenate(([0.0], np.geomspace(1e-6, distance_up_to, 200))),
    )
    log_distance = s * distance
    value = normalised_black(-log_distance, s)
    headroom = normalised_vega(distance, s) * headroom_per_vega(distance, s)
    return tuple(
        column[(value > 1e-300) & (headroom > 1e-300)]
        for column in (log_distance, s, value, headroom)
    )


def test_by_value_it_is_within_a_third_of_a_percent_for_real_options() -> None:
    log_distance, s, value, headroom = options(s_up_to=2.7, distance_up_to=8.0)
    used = headroom >= 0.25 * value

    guess = guess_from_value(value[used], log_distance[used])
    np.testing.assert_allclose(guess, s[used], rtol=0.003)


def test_by_value_it_is_within_six_percent_for_all() -> None:
    log_distance, s, value, headroom = options(s_up_to=36.0, distance_up_to=36.0)
    used = headroom >= 0.25 * value

    guess = guess_from_value(value[used], log_distance[used])
    np.testing.assert_allclose(guess, s[used], rtol=0.06)


def test_by_headroom_it_is_within_six_percent() -> None:
    log_distance, s, value, headroom = options(s_up_to=36.0, distance_up_to=36.0)
    used = headroom < 0.25 * value

    guess = guess_from_headroom(headroom[used], log_distance[used])
    np.testing.assert_allclose(guess, s[used], rtol=0.06)
