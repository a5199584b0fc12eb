"""What the bus still holds of some products."""

from collections.abc import Mapping
from dataclasses import dataclass

from deltastream.ports.bus import Bus, Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A range of sequences that may have had events which the bus does not hold any more.

    Attributes:
        after: where the range begins, exclusive: where a reader stands.
        through: where it ends, inclusive.
    """

    after: int
    through: int


async def gaps_after(bus: Bus, positions: Mapping[str, int]) -> dict[str, Gap]:
    """Return, by subject, what is no longer held after a position; nothing where all of it is."""
    if not positions:
        return {}
    extents = await bus.extents(positions.keys())
    gaps = {subject: _gap(extents[subject], at) for subject, at in positions.items()}
    return {subject: gap for subject, gap in gaps.items() if gap is not None}


def _gap(extent: Extent, at: int) -> Gap | None:
    """Return what lies between a position and what is held.

    An entry at the position, before it or directly after it proves that none between was trimmed.
    """
    if extent.last <= at or 0 < extent.first <= at + 1:
        return None
    return Gap(after=at, through=extent.first - 1 if extent.first else extent.last)
