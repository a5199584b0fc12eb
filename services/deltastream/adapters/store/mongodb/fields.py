"""Optional numbers as documents keep them: what is absent has no field."""

from collections.abc import Mapping
from typing import Any


def stated(value: Any, *names: str) -> dict[str, float]:
    """Return the numbers that a value states, under the names of its attributes."""
    numbers = ((name, getattr(value, name)) for name in names)
    return {name: float(number) for name, number in numbers if number is not None}


def read_stated(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Read what `stated` wrote; None is what has no field."""
    return {name: document.get(name) for name in names}
