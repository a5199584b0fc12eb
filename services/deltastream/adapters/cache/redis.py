"""The cache in Redis."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deltastream.adapters.cache.checks import check_ttl
from deltastream.adapters.redis_connection import answering, open_redis

_DEPENDENCY: Final = "cache"
_CONNECTIONS: Final = 32
_PREFIX: Final = "deltastream.cache:"


class RedisCache:
    """Values as Redis strings that expire. Each call is one round trip, or none for no keys.

    Nothing is tried twice: who asks a cache would rather go on without it.
    """

    def __init__(self, url: str) -> None:
        self._redis = open_redis(url, retries=0, connections=_CONNECTIONS)

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """See the port."""
        if not keys:
            return []
        async with answering(_DEPENDENCY):
            values: list[Any] = await self._redis.mget([_PREFIX + key for key in keys])
        return values

    async def set_many(self, values: Mapping[str, bytes], *, ttl: float) -> None:
        """See the port."""
        check_ttl(ttl)
        milliseconds = max(1, round(ttl * 1000))
        async with answering(_DEPENDENCY):
            pipeline = self._redis.pipeline(transaction=False)
            for key, value in values.items():
                pipeline.set(_PREFIX + key, value, px=milliseconds)
            await pipeline.execute()

    async def delete_many(self, keys: Sequence[str]) -> None:
        """See the port."""
        if not keys:
            return
        async with answering(_DEPENDENCY):
            await self._redis.unlink(*(_PREFIX + key for key in keys))

    async def close(self) -> None:
        """See the port."""
        await self._redis.aclose()
