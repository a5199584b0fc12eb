"""When each of many subscribers gets its next frame: one after the other, not all at once."""

import math
from dataclasses import dataclass
from typing import Final

_GOLDEN: Final = (math.sqrt(5) - 1) / 2
# A timer may fire a moment early, and hardly anything has come since a turn just missed.
_NEAR: Final = 0.05


@dataclass(frozen=True, slots=True)
class Turn:
    """A subscriber's place in a round in which every subscriber gets a frame.

    Attributes:
        share: of the round that has passed when it is its turn, from 0 to less than 1.
    """

    share: float

    @classmethod
    def of(cls, number: int) -> "Turn":
        """Return the turn of the subscriber who came as `number`.

        Multiples of the golden ratio fall into the widest gaps between those before them, however
        many there are: subscribers who come together are spread over the round, and so are those
        who stay when others leave.
        """
        return cls(number * _GOLDEN % 1.0)

    def after(self, now: float, interval: float) -> float:
        """Return when it is its turn next: at least 0.05 intervals from now, at most 1.05.

        Rounds begin at the multiples of the interval. Whoever waits a whole interval after each of
        its frames drifts instead, until many stand behind one another: each waits for the others
        every time, and then the server has nothing to do.

        Args:
            now: seconds of any clock, the same for all subscribers.
            interval: that a round takes, in seconds.
        """
        rounds = math.floor(now / interval - self.share + _NEAR) + 1
        return (rounds + self.share) * interval
