"""How long event time is waited for."""

from dataclasses import dataclass, fields
from typing import Final

_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenessPolicy:
    """When a window counts as over, and when a tick counts as too late. All in seconds.

    Attributes:
        out_of_orderness: how far behind the newest tick the watermark stays.
        allowed_lateness: how far behind the watermark a tick may be and still be counted.
        idle: how long without a tick until event time is taken to go on with the clock.

    Raises:
        ValueError: one of them is negative or no number.
    """

    out_of_orderness: float = 2.0
    allowed_lateness: float = 60.0
    idle: float = 10.0

    def __post_init__(self) -> None:
        for each in fields(self):
            seconds = getattr(self, each.name)
            if not 0 <= seconds < float("inf"):
                raise ValueError(f"{each.name}: {seconds} s is negative or no number")

    @property
    def behind(self) -> int:
        """How far behind the newest tick the watermark is, microseconds."""
        return round(self.out_of_orderness * _MICROSECONDS)

    @property
    def reach(self) -> int:
        """How far behind the newest tick another is still counted, microseconds."""
        return self.behind + round(self.allowed_lateness * _MICROSECONDS)
