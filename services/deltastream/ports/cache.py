"""A cache: bytes that may vanish."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Cache(Protocol):
    """Keeps values for a while. Losing one costs time, never truth.

    Every method raises DependencyUnavailableError when the cache does not answer; callers go on
    without it.
    """

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, None where it is absent or past its time."""
        ...

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """Keep the values for `ttl` seconds."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Forget the keys."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
