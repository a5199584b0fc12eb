"""The cache inside one process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from deltastream.adapters.cache.checks import check_ttl


class MemoryCache:
    """A cache that lives and dies with its object, and always answers.

    It holds at most `capacity` values; when it is full, the one written longest ago goes.

    Args:
        capacity: the most values.
        clock: seconds, for the time that values have left.
    """

    def __init__(
        self, *, capacity: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = capacity
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """See the port."""
        now = self._clock()
        return [self._get(key, now) for key in keys]

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """See the port."""
        check_ttl(ttl)
        end = self._clock() + ttl
        for key, value in values.items():
            self._values[key] = (end, value)
            self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """See the port."""
        for key in keys:
            self._values.pop(key, None)

    async def close(self) -> None:
        """See the port. There is nothing to release."""

    def _get(self, key: str, now: float) -> bytes | None:
        end, value = self._values.get(key, (now, b""))
        return value if now < end else None
