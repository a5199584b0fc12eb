"""Enumerations on the wire and as values."""

from enum import IntEnum
from typing import TypeVar

EnumT = TypeVar("EnumT", bound=IntEnum)


def known(enum: type[EnumT], number: int) -> EnumT | None:
    """Return the member with a number; None of one that only a newer contract has.

    While roles are replaced one by one, newer ones write and older ones read: what an older one
    cannot know is to it as if it had not been stated.
    """
    try:
        return enum(number)
    except ValueError:
        return None
