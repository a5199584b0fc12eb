"""Where it is counted how often somebody has asked."""

from abc import abstractmethod
from typing import Protocol

from deltastream.edge.limits.rates import Rate, Standing


class Counter(Protocol):
    """Counts for any number of rates and people."""

    @abstractmethod
    async def take(self, rate: Rate, key: str) -> Standing:
        """Take one token, if there is one, from somebody's bucket.

        Args:
            rate: of the bucket.
            key: whose it is.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of what it holds."""
