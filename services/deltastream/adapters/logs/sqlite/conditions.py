"""What is asked of the log, as conditions of SQL."""

from dataclasses import dataclass, field
from typing import Any

from deltastream.adapters.logs.matching import sequence_place
from deltastream.adapters.microseconds import microseconds_of
from deltastream.ports.log_store import Level, LogFilter
from deltastream.ports.windows import Window


@dataclass(slots=True)
class Conditions:
    """Conditions that must all hold, and the values that they compare with."""

    clauses: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, clause: str, *values: Any) -> None:
        """Ask for one thing more."""
        self.clauses.append(clause)
        self.values.extend(values)

    @property
    def where(self) -> str:
        """They as a WHERE clause; empty when there are none."""
        return f"WHERE {' AND '.join(self.clauses)}" if self.clauses else ""


def add_owners(conditions: Conditions, wanted: LogFilter) -> None:
    """Ask for records of some services, of some trace."""
    if wanted.services:
        marks = ", ".join("?" * len(wanted.services))
        conditions.add(f"service IN ({marks})", *sorted(wanted.services))
    if wanted.trace_id:
        conditions.add("trace_id = ?", wanted.trace_id)


def add_level(conditions: Conditions, wanted: LogFilter) -> None:
    """Ask for records that matter enough."""
    if wanted.level > Level.DEBUG:
        conditions.add("level >= ?", wanted.level)


def add_window(conditions: Conditions, window: Window) -> None:
    """Ask for a part of a listing.

    Raises:
        PageTokenInvalidError: it begins in another listing.
    """
    if window.start is not None:
        conditions.add("timestamp >= ?", microseconds_of(window.start))
    if window.end is not None:
        conditions.add("timestamp < ?", microseconds_of(window.end))
    if window.after is not None:
        timestamp, sequence = sequence_place(window.after)
        conditions.add("(timestamp, id) < (?, ?)", microseconds_of(timestamp), sequence)
