"""What kinds of event there are, in the words that labels use."""

from enum import StrEnum
from typing import Final

from deltastream.domain.subjects import SubjectKind


class EventKind(StrEnum):
    """A kind of event, raw or enriched."""

    TICKS = "ticks"
    QUOTES = "quotes"
    CHAINS = "chains"
    CANDLES = "candles"


KIND_OF: Final = {
    SubjectKind.RAW_TICKS: EventKind.TICKS,
    SubjectKind.RAW_QUOTES: EventKind.QUOTES,
    SubjectKind.RAW_CHAINS: EventKind.CHAINS,
    SubjectKind.ENRICHED_TICKS: EventKind.TICKS,
    SubjectKind.ENRICHED_CHAINS: EventKind.CHAINS,
    SubjectKind.ENRICHED_CANDLES: EventKind.CANDLES,
}
"""The kind of event on each kind of subject."""

_BY_PREFIX: Final = {str(subjects): kind for subjects, kind in KIND_OF.items()}


def event_kind_of(subject: str) -> EventKind:
    """Return the kind of event on a subject.

    Raises:
        KeyError: it is no subject of events.
    """
    return _BY_PREFIX[subject.rpartition(":")[0]]
