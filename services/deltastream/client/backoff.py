"""How long to wait before trying again."""

from collections.abc import Callable


class Backoff:
    """Pauses that double from try to try, each shortened by chance.

    Chance keeps many callers that lost the same server from coming back at the same moment.
    """

    def __init__(self, *, first: float, most: float, chance: Callable[[], float]) -> None:
        """Start with the shortest pause.

        Args:
            first: the longest the first pause may be, in seconds.
            most: the longest any pause may be, in seconds.
            chance: returns numbers in [0, 1).
        """
        self._first = first
        self._most = most
        self._chance = chance
        self._tries = 0

    def pause(self) -> float:
        """Return the next pause in seconds: at least half of the longest it may be."""
        longest = min(self._most, self._first * 2.0**self._tries)
        # Beyond this the power would only grow in vain, in the end beyond a float.
        self._tries = min(self._tries + 1, 32)
        return longest * (1.0 + self._chance()) / 2.0

    def reset(self) -> None:
        """Begin again with the shortest pause."""
        self._tries = 0
