"""Trying an entry, and giving it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from deltastream.enrichment.enricher import Enriched
from deltastream.log_library import structlog
from deltastream.ports.bus import Entry

_log = structlog.get_logger()
TRIES: Final = 5
"""How often an entry is tried before it becomes a dead letter."""


class Enriching(Protocol):
    """Enriches entries; see Enricher."""

    def enrich_together(self, entries: Sequence[Entry]) -> Sequence[Enriched]:
        """Enrich all of them, or raise what is wrong with one."""
        ...


class Trouble(StrEnum):
    """Why an entry cannot be handled."""

    UNPROCESSABLE = "unprocessable"
    REFUSED_BY_STORAGE = "refused_by_storage"
    ENDED_PROCESS = "ended_process"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An entry that cannot be handled.

    Attributes:
        source: the raw entry.
        error: what went wrong the last time.
        tries: how often it was tried.
        trouble: what kind of trouble that is.
    """

    source: Entry
    error: str
    tries: int
    trouble: Trouble = Trouble.UNPROCESSABLE


def attempt(enricher: Enriching, entries: Sequence[Entry]) -> list[Enriched | GivenUp]:
    """Enrich entries, and give up those that cannot be after repeated tries.

    They are enriched together; where that fails, each for itself.
    """
    if len(entries) > 1:
        try:
            return list(enricher.enrich_together(entries))
        except Exception:  # noqa: BLE001 - which one of them has the trouble shows below
            _log.info("enriching_one_by_one", entries=len(entries))
    return [_attempt_alone(enricher, entry) for entry in entries]


def _attempt_alone(enricher: Enriching, entry: Entry) -> Enriched | GivenUp:
    """Enrich an entry, or give it up after repeated tries.

    Enrichment is computed from the entry alone: there is nothing to wait for between the tries.
    Whatever it raises is the entry's trouble; those behind it must not share it.
    """
    error: Exception
    for _ in range(TRIES):
        try:
            (enriched,) = enricher.enrich_together([entry])
        except Exception as caught:  # noqa: BLE001 - kept, with the entry, as a dead letter
            error = caught
        else:
            return enriched
    return GivenUp(source=entry, error=described(error), tries=TRIES)


def described(error: Exception) -> str:
    """Say what went wrong in a line; the kind of error alone if it says nothing."""
    kind, text = type(error).__name__, str(error)
    return f"{kind}: {text}" if text else kind
