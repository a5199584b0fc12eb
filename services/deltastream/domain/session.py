"""What a source is, and whether its market trades."""

from enum import IntEnum


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
