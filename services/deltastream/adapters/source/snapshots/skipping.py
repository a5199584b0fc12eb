"""Why a part of a file is left out."""

from enum import StrEnum


class SkipReason(StrEnum):
    """Why a record, a field or a file is left out of a replay, in words for people.

    A value that is merely absent, such as `-` or null, is no reason to count anything.
    """

    NOT_A_SNAPSHOT = "the file is no snapshot"
    REPEATED_CHAIN = "the chain of this product, expiry and time is recorded already"
    MALFORMED = "the record is cut, too long, or no record at all"
    STRIKE = "the strike is no positive number"
    EXPIRY = "the expiry is no date"
    TIMESTAMP = "the timestamp cannot be read"
    NO_LEG = "the record lists neither a call nor a put"
    REPEATED_LEG = "the option is listed already"
    OTHER_PRODUCT = "the option belongs to another product"
    NEGATIVE = "the value is negative where it cannot be; it is taken for absent"
    NO_NUMBER = "the value is no number; it is taken for absent"
    OUT_OF_RANGE = "the value is infinite or above 2^53; it is taken for absent"
