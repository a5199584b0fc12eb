"""The cache in Redis."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deltastream.adapters.cache.checks import VERSION_DIGITS, check_ttl, check_versions
from deltastream.adapters.redis_connection import answering, open_redis
from deltastream.ports.cache import Versioned

_DEPENDENCY: Final = "cache"
_CONNECTIONS: Final = 32
_PREFIX: Final = "deltastream.cache.versioned:"
# Versions are digits, and as many of them as there can be: as texts they stand in their own order,
# in every locale.
_PUT_NEWEST: Final = f"""
for i, key in ipairs(KEYS) do
  local version, value = ARGV[2 * i], ARGV[2 * i + 1]
  if redis.call('GETRANGE', key, 0, {VERSION_DIGITS - 1}) <= version then
    redis.call('SET', key, version .. value, 'PX', ARGV[1])
  end
end
"""


class RedisCache:
    """Values, each behind its version, as Redis strings that expire.

    Each call is one round trip, or none for no keys.

    Nothing is tried twice: who asks a cache would rather go on without it.
    """

    def __init__(self, url: str) -> None:
        self._redis = open_redis(url, retries=0, connections=_CONNECTIONS)
        self._put_newest = self._redis.register_script(_PUT_NEWEST)

    async def get_many(self, keys: Sequence[str]) -> list[Versioned | None]:
        """See the port."""
        if not keys:
            return []
        async with answering(_DEPENDENCY):
            values: list[Any] = await self._redis.mget([_PREFIX + key for key in keys])
        return [None if value is None else _read(value) for value in values]

    async def put_newest(self, values: Mapping[str, Versioned], *, ttl: float) -> None:
        """See the port."""
        check_ttl(ttl)
        check_versions(values)
        if not values:
            return
        milliseconds = max(1, round(ttl * 1000))
        written = [part for each in values.values() for part in (_written(each), each.value)]
        async with answering(_DEPENDENCY):
            keys = [_PREFIX + key for key in values]
            await self._put_newest(keys=keys, args=[milliseconds, *written])

    async def delete_many(self, keys: Sequence[str]) -> None:
        """See the port."""
        if not keys:
            return
        async with answering(_DEPENDENCY):
            await self._redis.unlink(*(_PREFIX + key for key in keys))

    async def close(self) -> None:
        """See the port."""
        await self._redis.aclose()


def _written(value: Versioned) -> str:
    return f"{value.version:0{VERSION_DIGITS}d}"


def _read(kept: bytes) -> Versioned:
    return Versioned(int(kept[:VERSION_DIGITS]), kept[VERSION_DIGITS:])
