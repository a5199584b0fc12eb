"""What is told of an option that has no implied volatility, and that it disturbs no other."""

from typing import Any

import numpy as np
import pytest

from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities

NAN, INFINITE = np.nan, np.inf

GOOD: dict[str, Any] = {
    "prices": 4.0,
    "calls": True,
    "forward": 100.0,
    "strikes": 105.0,
    "years": 0.5,
    "discount": 0.98,
}

BAD = [
    (MissingReason.NO_PRICE, {"prices": NAN}),
    (MissingReason.NO_PRICE, {"prices": 0.0}),
    (MissingReason.NO_PRICE, {"prices": -0.0}),
    (MissingReason.INVALID_INPUT, {"prices": -4.0}),
    (MissingReason.INVALID_INPUT, {"prices": INFINITE}),
    (MissingReason.INVALID_INPUT, {"prices": -INFINITE}),
    *(
        (MissingReason.INVALID_INPUT, {name: value})
        for name in ("forward", "strikes", "discount")
        for value in (NAN, INFINITE, -INFINITE, 0.0, -1.0)
    ),
    (MissingReason.INVALID_INPUT, {"prices": -4.0, "discount": -0.98}),
    (MissingReason.INVALID_INPUT, {"years": NAN}),
    (MissingReason.INVALID_INPUT, {"years": INFINITE}),
    (MissingReason.INVALID_INPUT, {"years": -INFINITE}),
    (MissingReason.EXPIRED, {"years": 0.0}),
    (MissingReason.EXPIRED, {"years": -0.1}),
    (MissingReason.ABOVE_MAXIMUM, {"prices": 98.0}),
    (MissingReason.ABOVE_MAXIMUM, {"prices": 1e300}),
    (MissingReason.ABOVE_MAXIMUM, {"prices": 1e300, "discount": 1e-300}),
    (MissingReason.ABOVE_MAXIMUM, {"calls": False, "prices": 0.98 * 105.0}),
    (MissingReason.BELOW_INTRINSIC, {"calls": False, "prices": 4.0}),
    (MissingReason.BELOW_INTRINSIC, {"strikes": 50.0, "prices": 48.0}),
    (MissingReason.NOT_CONVERGED, {"strikes": 100.0, "prices": 1e-200}),
]

FIRST_REASON_COUNTS = [
    (MissingReason.INVALID_INPUT, {"forward": NAN, "years": 0.0, "prices": 0.0}),
    (MissingReason.INVALID_INPUT, {"prices": -4.0, "years": -1.0}),
    (MissingReason.EXPIRED, {"prices": NAN, "years": 0.0}),
    (MissingReason.EXPIRED, {"prices": 98.0, "years": 0.0}),
    (MissingReason.NO_PRICE, {"strikes": 50.0, "prices": 0.0}),
]


def solve(*options: dict[str, Any]) -> Any:
    rows = [GOOD | option for option in options]
    return implied_volatilities(**{name: np.array([row[name] for row in rows]) for name in GOOD})


def described(case: Any) -> str:
    return str(getattr(case, "name", case))


@pytest.mark.parametrize(("reason", "changed"), BAD + FIRST_REASON_COUNTS, ids=described)
def test_a_bad_option_has_its_reason_and_no_value(
    reason: MissingReason, changed: dict[str, Any]
) -> None:
    found = solve(changed)

    assert found.reasons.tolist() == [reason]
    assert np.isnan(found.values).all()


@pytest.mark.parametrize(("reason", "changed"), BAD, ids=described)
def test_neighbours_of_a_bad_option_stay_as_they_are_to_the_last_bit(
    reason: MissingReason, changed: dict[str, Any]
) -> None:
    # Of all three kinds: close to the money, deep in it, and next to the maximum.
    others = [
        {},
        {"strikes": 60.0, "prices": 40.0},
        {"years": 3.0, "prices": 80.0},
        {"prices": 1.0},
    ]
    undisturbed = solve(*others)
    found = solve(others[0], changed, *others[1:], changed)

    assert found.reasons.tolist() == [0, reason, 0, 0, 0, reason]
    assert found.values[[0, 2, 3, 4]].tobytes() == undisturbed.values.tobytes()


@pytest.mark.parametrize("calls", [True, False])
@pytest.mark.parametrize("gap", [1e-9, 0.1, 20.0, 99.0])
@pytest.mark.parametrize("discount", [1.0, 0.98, 0.3])
def test_a_price_of_intrinsic_value_has_no_time_value_however_it_was_rounded(
    calls: bool,  # noqa: FBT001, given by name
    gap: float,
    discount: float,
) -> None:
    strike = 100.0 - gap if calls else 100.0 + gap
    sign = 1.0 if calls else -1.0
    prices = (
        discount * (sign * (100.0 - strike)),
        sign * (discount * 100.0 - discount * strike),
        sign * (100.0 - strike) * discount * (1.0 - 1e-16),
    )
    found = solve(
        *(
            {"calls": calls, "strikes": strike, "prices": price, "discount": discount}
            for price in prices
        )
    )

    assert found.reasons.tolist() == [MissingReason.BELOW_INTRINSIC] * 3


def test_a_little_time_value_is_enough() -> None:
    found = solve({"strikes": 60.0, "prices": 0.98 * (40.0 + 1e-12), "discount": 0.98})

    assert found.reasons.tolist() == [0]


def test_the_smallest_price_out_of_the_money_is_enough() -> None:
    found = solve({"strikes": 200.0, "prices": 1e-300})

    assert found.reasons.tolist() == [0]
