"""Events as streams pass them on: encoded once, for all subscribers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The newest event of one key in a bus entry, for those who are shown the newest only.

    Attributes:
        product: whose order it belongs to.
        key: what it is the newest value of, such as one expiry of the product.
        state: what a snapshot shows one value of; the key, where keys do not become ever more.
        sequence: the position of its bus entry.
        at: when it happened, in nanoseconds since 1970.
        facet: what a subscriber can choose by, besides products, such as a candle's length.
        count: how many events of the key the entry has: this one, and those that it replaces.
        encoded: the event as an element of its RPC's batch: tag, length and message.
        traceparent: where its trace began; None unless that is recorded.
    """

    product: str
    key: str
    state: str
    sequence: int
    at: int
    facet: int = 0
    count: int = 1
    encoded: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Events of a product that are sent together, for those who get every one.

    Attributes:
        sequence: the position of a reader that has them.
        encoded: the events as elements of their RPC's batch; empty when there are none up to there.
        count: how many events it has.
        traceparent: where their trace began; None unless that is recorded.
    """

    product: str
    sequence: int
    encoded: bytes
    count: int = 1
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a bus entry says: all of it, and the newest of each key."""

    piece: Piece
    updates: tuple[Update, ...]
