"""What updates are about, and which clients each concerns."""

from enum import StrEnum
from typing import NamedTuple


class SubjectKind(StrEnum):
    """What a client can subscribe to; the values are those of `subscribe`'s `type`."""

    PRODUCT = "product"
    """`underlying_update` and `chain_summary` of one product."""
    CHAIN = "chain"
    """`chain_update` of all expiries of one product."""


class Subject(NamedTuple):
    """One thing to subscribe to: the room `product:NIFTY` or `chain:NIFTY`.

    Its updates carry `seq`, which grows by exactly one from each update of the subject to the
    next, and by more only where the gateway itself may have missed some. A slow client sees gaps
    too: of the updates of one key that wait for it, it gets the newest. Where `seq` starts differs
    from one run of the edge to another, so that a `seq` from an earlier run is never taken for a
    position in this one.
    """

    kind: SubjectKind
    product: str


class UpdateKey(NamedTuple):
    """What an update is the newest value of, within its subject.

    Attributes:
        event: the name of the event that carries it.
        expiry: the expiry date of a chain, YYYY-MM-DD; empty for an underlying.
    """

    event: str
    expiry: str = ""
