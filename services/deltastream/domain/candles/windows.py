"""Where windows begin.

Windows are aligned to 1970-01-01T00:00:00Z. All lengths divide 30 minutes, and the zones of the
exchanges served are whole half-hours away from UTC, so windows begin at the full half-hours of the
exchange's own clock as well. (In a zone of :45 they would not.)
"""

from typing import Final

LENGTHS: Final = (1, 5, 15, 30)
"""The lengths of candles, in minutes. Each is a whole number of the first."""

MINUTE: Final = 60_000_000
"""Microseconds."""


def window_start(instant: int, length: int) -> int:
    """Return the first instant of the window that holds an instant, all in one unit."""
    return instant - instant % length
