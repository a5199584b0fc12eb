"""What clients of the original platform read, by name and JSON type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Real
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of JSON value.

    Attributes:
        name: for messages.
        types: those that Python reads such values as.
        parse: raises ValueError for a text that is not of this kind.
    """

    name: str
    types: tuple[type, ...]
    parse: Any = None


NUMBER: Final = Kind("a number", (Real,))
TEXT: Final = Kind("a text", (str,))
TIME: Final = Kind("a time", (str,), datetime.fromisoformat)
DATE: Final = Kind("a date", (str,), date.fromisoformat)

USER: Final = {"id": TEXT, "email": TEXT, "name": TEXT}
SESSION: Final = {"token": TEXT, "user": USER}
TICK: Final = {"product": TEXT, "price": NUMBER, "timestamp": TIME}
QUOTE: Final = {
    "symbol": TEXT,
    **dict.fromkeys(("strike", "bid", "ask", "last", "volume", "open_interest"), NUMBER),
    **dict.fromkeys(("iv", "delta", "gamma", "theta", "vega"), NUMBER),
}
SUMMARY: Final = {
    "product": TEXT,
    "expiry": DATE,
    **dict.fromkeys(("spot_price", "pcr_oi", "pcr_volume"), NUMBER),
    **dict.fromkeys(("atm_straddle_price", "max_pain_strike"), NUMBER),
    "timestamp": TIME,
}
CHAIN: Final = SUMMARY | {
    **dict.fromkeys(("atm_strike", "total_call_oi", "total_put_oi"), NUMBER),
    "calls": [QUOTE],
    "puts": [QUOTE],
    "processed_at": TIME,
}
RATIO: Final = {"timestamp": TIME, "pcr_oi": NUMBER, "pcr_volume": NUMBER}
MAX_PAIN: Final = {
    "product": TEXT,
    "expiry": DATE,
    **dict.fromkeys(("max_pain_strike", "spot_price", "distance_from_spot"), NUMBER),
    **dict.fromkeys(("distance_pct", "total_call_oi", "total_put_oi"), NUMBER),
    "timestamp": TIME,
}
SURFACE: Final = {
    "product": TEXT,
    "expiries": [{"expiry": DATE, "strikes": [NUMBER], "ivs": [NUMBER]}],
}
REFUSAL: Final = {"reason": TEXT, "message": TEXT}


def faults(value: Any, shape: Any, path: str = "$") -> list[str]:
    """Return what a value lacks of a shape; members beside those of the shape are welcome.

    A list of the shape has at least one element, and each of them is of the shape.
    """
    if isinstance(shape, Kind):
        return [] if _is(value, shape) else [f"{path} is {value!r}, not {shape.name}"]
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return [f"{path} is {value!r}, not a list with something in it"]
        return [
            fault
            for index, element in enumerate(value)
            for fault in faults(element, shape[0], f"{path}[{index}]")
        ]
    if not isinstance(value, Mapping):
        return [f"{path} is {value!r}, not an object"]
    return [
        fault
        for name, member in shape.items()
        for fault in (
            faults(value[name], member, f"{path}.{name}")
            if name in value
            else [f"{path}.{name} is missing"]
        )
    ]


def _is(value: object, kind: Kind) -> bool:
    # For Python a truth value is a number.
    if isinstance(value, bool) or not isinstance(value, kind.types):
        return False
    try:
        kind.parse and kind.parse(value)
    except ValueError:
        return False
    return True
