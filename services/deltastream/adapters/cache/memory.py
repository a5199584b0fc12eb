"""The cache inside one process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from deltastream.adapters.cache.checks import check_ttl, check_versions
from deltastream.ports.cache import Versioned


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
        self._values: OrderedDict[str, tuple[float, Versioned]] = OrderedDict()

    async def get_many(self, keys: Sequence[str]) -> list[Versioned | None]:
        """See the port."""
        now = self._clock()
        return [self._get(key, now) for key in keys]

    async def put_newest(self, values: Mapping[str, Versioned], *, ttl: float) -> None:
        """See the port."""
        check_ttl(ttl)
        check_versions(values)
        now = self._clock()
        for key, value in values.items():
            kept = self._get(key, now)
            if kept is None or kept.version <= value.version:
                self._values[key] = (now + ttl, value)
                self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def delete_many(self, keys: Sequence[str]) -> None:
        """See the port."""
        for key in keys:
            self._values.pop(key, None)

    async def close(self) -> None:
        """See the port. There is nothing to release."""

    def _get(self, key: str, now: float) -> Versioned | None:
        end, value = self._values.get(key, (now, None))
        return value if now < end else None
