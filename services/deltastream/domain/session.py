"""What a source is, and whether its market trades."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final


class SourceKind(IntEnum):
    """Where market data comes from. Numbers are those of the contract."""

    SYNTHETIC = 1
    REPLAY = 2
    LIVE = 3


class MarketSession(IntEnum):
    """Whether the market behind a source trades now. Numbers are those of the contract."""

    UNKNOWN = 0
    OPEN = 1
    CLOSED = 2
    PRE_OPEN = 3


_LOUDEST_FIRST: Final = (MarketSession.OPEN, MarketSession.PRE_OPEN, MarketSession.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketState:
    """Whether a product's market trades, and until when that is so.

    Attributes:
        changes_at: when the session will be another, UTC; None when nobody says.
    """

    session: MarketSession
    changes_at: datetime | None = None


UNKNOWN_MARKET: Final = MarketState(session=MarketSession.UNKNOWN)
"""What is said of a market of which nothing is known."""


def session_of_all(sessions: Iterable[MarketSession]) -> MarketSession:
    """Say of several markets together whether they trade: OPEN when any of them does.

    Else PRE_OPEN when any is, else CLOSED when any is, and UNKNOWN when none is known.
    """
    found = set(sessions)
    return next((one for one in _LOUDEST_FIRST if one in found), MarketSession.UNKNOWN)
