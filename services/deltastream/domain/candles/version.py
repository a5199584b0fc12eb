"""Which version of a window's candle has been told, and which is next."""

from dataclasses import dataclass
from typing import Self

from deltastream.domain.events import Candle


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a candle.

    Attributes:
        revision: counts the final versions, from 0.
        final: whether it is one.
        count: how many ticks it stands on.
    """

    revision: int
    final: bool
    count: int

    @classmethod
    def of(cls, candle: Candle) -> Self:
        """Return the version of a candle."""
        return cls(revision=candle.revision, final=candle.final, count=candle.tick_count)

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Orders the versions of one candle, as the store does."""
        return (self.revision, self.final, 0 if self.final else self.count)


def next_version(told: Version | None, *, count: int, over: bool) -> Version | None:
    """Return what is to be told next, or None when nothing has changed.

    Args:
        told: the newest version told; None is none.
        count: how many ticks are known now.
        over: the watermark has passed the end of the window.
    """
    if told is None:
        return Version(revision=0, final=over, count=count)
    if told.final:
        late = count > told.count
        return Version(revision=told.revision + 1, final=True, count=count) if late else None
    changed = over or count > told.count
    return Version(revision=told.revision, final=over, count=count) if changed else None
