"""A cache: values that may vanish, and never go back."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Versioned(NamedTuple):
    """A value of a key.

    Attributes:
        version: from 0 to 10**40 - 1; of two values of a key that of the higher one is newer.
        value: what it is.
    """

    version: int
    value: bytes


class Cache(Protocol):
    """Keeps values for a while. Losing one costs time, never truth. Any number may write.

    Every method raises DependencyUnavailableError when the cache does not answer; callers go on
    without it.
    """

    async def get_many(self, keys: Sequence[str]) -> list[Versioned | None]:
        """Return the value of each key, None where it is absent or past its time."""
        ...

    async def put_newest(self, values: Mapping[str, Versioned], *, ttl: float) -> None:
        """Keep the values for `ttl` seconds, but for those of which a newer one is kept."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Forget the keys."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
