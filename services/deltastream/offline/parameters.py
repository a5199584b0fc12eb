"""Reads the options of `deltastream enrich` that click has no type for."""

import math
from datetime import date, datetime
from typing import Final

import click

_EXAMPLE: Final = "2026-01-20T13:59:23+05:30"


def day(text: str) -> date:
    """Read a calendar day.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day such as 2026-01-27.") from None


def instant(text: str) -> datetime:
    """Read an instant with its zone.

    Raises:
        click.BadParameter: it is none, or states no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as {_EXAMPLE}.") from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} states no zone; write it as in {_EXAMPLE}.")
    return moment


def interest(text: str) -> float:
    """Read a rate of interest.

    Raises:
        click.BadParameter: it is none that the contract allows.
    """
    rate = _number(text)
    if not -1.0 <= rate <= 1.0:
        raise click.BadParameter(f"{text} is not from -1 to 1; 5.5 % is 0.055.")
    return rate


def size(text: str) -> float:
    """Read a contract size.

    Raises:
        click.BadParameter: it is none.
    """
    units = _number(text)
    if not 0.0 < units < math.inf:
        raise click.BadParameter(f"{text} is no positive number.")
    return units


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number.") from None
