"""Why a figure is absent."""

from enum import IntEnum


class MissingReason(IntEnum):
    """Why a figure could not be computed. Numbers and names are those of the contract."""

    NO_CALL_OPEN_INTEREST = 1
    NO_CALL_VOLUME = 2
    NO_OPEN_INTEREST = 3
    NO_SPOT = 4
    NO_PAIR = 5
    NO_PRICE = 6
    BELOW_INTRINSIC = 7
    ABOVE_MAXIMUM = 8
    EXPIRED = 9
    STALE = 10
    CROSSED = 11
    ONE_SIDED = 12
    OUTSIDE_RANGE = 13
    INSUFFICIENT_HISTORY = 14
    NOT_CONVERGED = 15
    INVALID_INPUT = 16
    NO_EXPIRY_TIME = 17
    NO_FORWARD = 18
    NO_CONTRACT_SIZE = 19
    NO_IMPLIED_VOLATILITY = 20
    NO_OPEN_INTEREST_ON_SIDE = 21
    NO_SIGN_CHANGE = 22
    WIDE = 23
