"""How long something is kept, as a setting says it."""

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator

FOREVER: Final = "forever"
_FORM: Final = re.compile(r"([1-9][0-9]{0,5})([dhm])")
_UNITS: Final = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}


def read_age(value: object) -> object:
    """Read "7d", "12h", "30m" or "forever", which is None; what is no text is left as it is.

    Raises:
        ValueError: the text is none of these.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if text == FOREVER:
        return None
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"write days, hours or minutes, such as 7d, 12h or 30m, or {FOREVER}")
    return int(match[1]) * _UNITS[match[2]]


def write_age(age: timedelta | None) -> str:
    """Write an age as `read_age` reads it, in the largest unit that has no remainder."""
    if age is None:
        return FOREVER
    unit = next(name for name, length in _UNITS.items() if age % length == timedelta(0))
    return f"{age // _UNITS[unit]}{unit}"


Age = Annotated[timedelta | None, BeforeValidator(read_age)]
"""A setting: how long something is kept; None is forever."""
