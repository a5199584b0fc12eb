"""What every bus refuses, before it changes anything."""

from collections.abc import Iterable

from deltastream.ports.bus import Entry


def check_sequences(entries: Iterable[Entry]) -> None:
    """Raise ValueError for a sequence below 1."""
    for entry in entries:
        if entry.sequence < 1:
            raise ValueError(f"{entry.subject}: sequence {entry.sequence} is below 1")


def check_limit(limit: int) -> None:
    """Raise ValueError for a limit below 1; Redis would take 0 for "all"."""
    if limit < 1:
        raise ValueError(f"limit {limit} is below 1")


def check_keep(keep: int) -> None:
    """Raise ValueError for a negative number of entries to keep."""
    if keep < 0:
        raise ValueError(f"keep {keep} is negative")
