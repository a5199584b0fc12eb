"""Numbers as people read them. None and NaN, which are absent, become a dash."""

import math

ABSENT = "-"


def price(number: float | None) -> str:
    """Write a price: 24,623.45."""
    return ABSENT if _is_absent(number) else f"{number:,.2f}"


def exact(number: float | None) -> str:
    """Write a strike or a quantity, with no more decimals than it has: 24,500 or 187.5."""
    if _is_absent(number):
        return ABSENT
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def change(number: float | None) -> str:
    """Write a change of a quantity, with its sign: +1,250."""
    text = exact(number)
    return f"+{text}" if number is not None and number > 0 else text


def ratio(number: float | None) -> str:
    """Write a ratio: 1.58."""
    return ABSENT if _is_absent(number) else f"{number:,.2f}"


def delta(number: float | None) -> str:
    """Write a delta: -0.482."""
    return ABSENT if _is_absent(number) else f"{number:.3f}"


def percent(number: float | None) -> str:
    """Write a fraction in percent, without the sign of percent: 14.23."""
    return ABSENT if number is None or math.isnan(number) else f"{number * 100:,.2f}"


def _is_absent(number: float | None) -> bool:
    return number is None or math.isnan(number)
