"""Trying an entry, and giving it up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deltastream.enrichment.enricher import Enriched
from deltastream.ports.bus import Entry

TRIES: Final = 5
"""How often an entry is tried before it becomes a dead letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """An entry that cannot be handled.

    Attributes:
        source: the raw entry.
        error: what went wrong the last time.
        tries: how often it was tried.
    """

    source: Entry
    error: str
    tries: int


def attempt(enrich: Callable[[Entry], Enriched], entry: Entry) -> Enriched | GivenUp:
    """Enrich an entry, or give it up after repeated tries.

    Enrichment is computed from the entry alone: there is nothing to wait for between the tries.
    Whatever it raises is the entry's trouble; those behind it must not share it.
    """
    error: Exception
    for _ in range(TRIES):
        try:
            return enrich(entry)
        except Exception as caught:  # noqa: BLE001 - kept, with the entry, as a dead letter
            error = caught
    return GivenUp(source=entry, error=described(error), tries=TRIES)


def described(error: Exception) -> str:
    """Say what went wrong in a line; the kind of error alone if it says nothing."""
    kind, text = type(error).__name__, str(error)
    return f"{kind}: {text}" if text else kind
