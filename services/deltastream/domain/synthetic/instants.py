"""Lengths of time between instants."""

from typing import Final

MICROSECONDS_PER_SECOND: Final = 1_000_000
SECONDS_PER_DAY: Final = 86_400
SECONDS_PER_YEAR: Final = 365 * SECONDS_PER_DAY
"""A year of calendar time, as option pricing counts it."""


def seconds_between(start: int, end: int) -> float:
    """Return how many seconds `end` lies after `start`."""
    return (end - start) / MICROSECONDS_PER_SECOND


def years_between(start: int, end: int) -> float:
    """Return how many years of 365 days `end` lies after `start`."""
    return seconds_between(start, end) / SECONDS_PER_YEAR
