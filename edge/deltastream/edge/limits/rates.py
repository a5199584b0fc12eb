"""How often somebody may ask, and where somebody stands."""

import math
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A sustained rate, and a burst after a pause: a bucket of tokens that fills steadily.

    Attributes:
        name: what clients know it by: "client".
        per_minute: the tokens that come back in a minute.
        burst: the most tokens that the bucket holds.
    """

    name: str
    per_minute: int
    burst: int

    @property
    def token_seconds(self) -> float:
        """The seconds in which one token comes back."""
        return 60.0 / self.per_minute

    @property
    def window(self) -> int:
        """The seconds in which an empty bucket fills."""
        return math.ceil(self.burst * self.token_seconds)

    @property
    def policy(self) -> str:
        """It as an item of a `RateLimit-Policy` header."""
        return f'"{self.name}";q={self.burst};w={self.window}'

    def __str__(self) -> str:
        return f"{self.per_minute}/minute"


class Standing(NamedTuple):
    """Where somebody stands who has asked.

    Attributes:
        rate: what it is measured by.
        remaining: how often more may be asked now.
        full_in: the seconds until the whole burst is there again.
        retry_in: the seconds to wait, as this was once too often; 0.0 if it was not.
    """

    rate: Rate
    remaining: int
    full_in: float
    retry_in: float

    def __str__(self) -> str:
        """Return it as an item of a `RateLimit` header."""
        return f'"{self.rate.name}";r={self.remaining};t={math.ceil(self.full_in)}'
