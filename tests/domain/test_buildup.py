"""What traders did with an option, by the signs of its changes."""

import math

import numpy as np
import pytest

from deltastream.domain.buildup import buildups
from deltastream.domain.figures import Buildup


@pytest.mark.parametrize(
    ("price", "interest", "expected"),
    [
        (1.0, 5.0, Buildup.LONG_BUILDUP),
        (-1.0, 5.0, Buildup.SHORT_BUILDUP),
        (-1.0, -5.0, Buildup.LONG_UNWINDING),
        (1.0, -5.0, Buildup.SHORT_COVERING),
        (0.0, 5.0, Buildup.NEUTRAL),
        (1.0, 0.0, Buildup.NEUTRAL),
        (0.0, 0.0, Buildup.NEUTRAL),
    ],
)
def test_signs_decide(price: float, interest: float, expected: Buildup) -> None:
    codes = buildups(price_change=np.array([price]), open_interest_change=np.array([interest]))

    assert codes.tolist() == [expected]


def test_an_unknown_change_is_no_build_up_and_leaves_its_neighbours_alone() -> None:
    codes = buildups(
        price_change=np.array([1.0, math.nan, 1.0, -1e-9]),
        open_interest_change=np.array([1.0, 1.0, math.nan, 1e9]),
    )

    assert codes.tolist() == [Buildup.LONG_BUILDUP, 0, 0, Buildup.SHORT_BUILDUP]
