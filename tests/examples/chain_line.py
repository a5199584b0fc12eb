"""A line that an example prints of a chain, and what it is to say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

_LINE: Final = re.compile(
    r"chain (?P<product>\S+) (?P<expiry>\d{4}-\d\d-\d\d) (?P<time>\S+)"
    r" spot=(?P<spot>\S+) iv=(?P<iv>\S+) pcr=(?P<pcr>\S+)"
)
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_ABSENT: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLine:
    """What a line says of a chain.

    Attributes:
        product: the symbol.
        expiry: YYYY-MM-DD.
        nanoseconds: the exchange's time, since 1970.
        spot: the price of the underlying; None is absent, as for all figures.
        iv: the volatility at the money.
        pcr: the put-call ratio of open interest.
    """

    product: str
    expiry: str
    nanoseconds: int
    spot: float | None
    iv: float | None
    pcr: float | None

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read a line."""
        match = _LINE.fullmatch(text)
        assert match is not None, f"no chain line: {text!r}"
        return cls(
            product=match["product"],
            expiry=match["expiry"],
            nanoseconds=_nanoseconds(match["time"]),
            spot=_figure(match["spot"]),
            iv=_figure(match["iv"]),
            pcr=_figure(match["pcr"]),
        )

    @classmethod
    def of_json(cls, chain: Mapping[str, Any]) -> Self:
        """Say what is to be printed of a chain that REST tells of."""
        return cls(
            product=chain["product"],
            expiry=chain["expiry"],
            nanoseconds=_nanoseconds(chain["timestamp"]),
            spot=chain.get("spot_price"),
            iv=chain.get("atm_iv"),
            pcr=chain.get("pcr_oi"),
        )


def _figure(text: str) -> float | None:
    return None if text == _ABSENT else float(text)


def _nanoseconds(time: str) -> int:
    match = _TIME.fullmatch(time)
    assert match is not None, f"no RFC 3339 time in UTC: {time!r}"
    seconds = int(datetime.fromisoformat(f"{match[1]}+00:00").timestamp())
    return seconds * 10**9 + int((match[2] or "").ljust(9, "0"))
