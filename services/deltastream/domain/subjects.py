"""The names under which events travel on the bus: one subject per kind and product."""

from enum import StrEnum
from typing import Final


class SubjectKind(StrEnum):
    """What travels on a subject."""

    RAW_TICKS = "market:underlying"
    RAW_QUOTES = "market:option_quote"
    RAW_CHAINS = "market:option_chain"
    ENRICHED_TICKS = "enriched:underlying"
    ENRICHED_CHAINS = "enriched:option_chain"
    ENRICHED_CANDLES = "enriched:candle"


CATALOG: Final = "market:catalog"
"""The subject of product descriptions; the newest of a symbol holds."""

MARKETS: Final = "market:session"
"""The subject of what the feed says of each product's market; the newest of a product holds."""

DEAD_LETTERS: Final = "dead:enrichment"
"""The subject of events that enrichment had to give up."""

ENRICHMENT_GROUP: Final = "enrichment"
"""The group of readers that must be done with raw events before they may go."""


def subject_of(kind: SubjectKind, product: str) -> str:
    """Name the subject of one kind of event of one product."""
    return f"{kind}:{product}"


def product_of(subject: str) -> str:
    """Return the product of a subject made by `subject_of`."""
    return subject.split(":", 2)[2]


def kind_of(subject: str) -> SubjectKind:
    """Return the kind of a subject made by `subject_of`."""
    return SubjectKind(subject.rpartition(":")[0])
