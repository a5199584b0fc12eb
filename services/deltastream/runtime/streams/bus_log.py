"""What the bus still holds of a product."""

from dataclasses import dataclass

from deltastream.ports.bus import Bus


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A range of sequences that may have had events which the bus does not hold any more.

    Attributes:
        after: where the range begins, exclusive: where a reader stands.
        through: where it ends, inclusive.
    """

    after: int
    through: int


async def gap_after(bus: Bus, subject: str, at: int) -> Gap | None:
    """Return what is no longer held after a position; None when all of it is.

    An entry at the position, before it or directly after it proves that none between was trimmed.
    """
    last = await bus.last_sequence(subject)
    if last <= at:
        return None
    first = await bus.first_sequence(subject)
    if 0 < first <= at + 1:
        return None
    return Gap(after=at, through=first - 1 if first else last)
