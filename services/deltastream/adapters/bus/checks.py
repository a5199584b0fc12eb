"""What every bus refuses, before it changes anything."""

from collections.abc import Iterable, Mapping

from deltastream.domain.traceparent import is_traceparent
from deltastream.ports.bus import Entry


def check_entries(entries: Iterable[Entry]) -> None:
    """Raise ValueError for a sequence below 1, and for a traceparent that is none."""
    for entry in entries:
        if entry.sequence < 1:
            raise ValueError(f"{entry.subject}: sequence {entry.sequence} is below 1")
        if entry.traceparent is not None and not is_traceparent(entry.traceparent):
            raise ValueError(f"{entry.subject}: {entry.traceparent!r} is no traceparent")


def check_positions(positions: Mapping[str, int]) -> None:
    """Raise ValueError for a position below 0."""
    for subject, position in positions.items():
        if position < 0:
            raise ValueError(f"{subject}: position {position} is negative")


def check_limit(limit: int) -> None:
    """Raise ValueError for a limit below 1; Redis would take 0 for "all"."""
    if limit < 1:
        raise ValueError(f"limit {limit} is below 1")


def check_trimming(*, keep: int, through: int | None) -> None:
    """Raise ValueError for a negative number of entries to keep, or a negative last one to drop."""
    if keep < 0:
        raise ValueError(f"keep {keep} is negative")
    if through is not None and through < 0:
        raise ValueError(f"through {through} is negative")


def check_seconds(seconds: float) -> None:
    """Raise ValueError for a lease, or a member, that would end before it began."""
    if not seconds > 0:
        raise ValueError(f"{seconds} seconds are no time")
