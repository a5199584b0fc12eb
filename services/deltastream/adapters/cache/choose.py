"""Chooses the cache from its URL, in this one place."""

from urllib.parse import urlsplit

from deltastream.adapters.cache.memory import MemoryCache
from deltastream.adapters.cache.redis import RedisCache
from deltastream.adapters.redis_connection import SCHEMES
from deltastream.ports.cache import Cache


def open_cache(url: str) -> Cache:
    """Make the cache of a URL. It connects when first used.

    Args:
        url: `memory:`, which is a cache of its own at each call, or `redis://`, `rediss://` or
            `unix://` of a Redis server.

    Raises:
        ValueError: no cache has this scheme, or the rest of the URL is not understood.
    """
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryCache()
    if scheme in SCHEMES:
        return RedisCache(url)
    known = ", ".join(("memory", *SCHEMES))
    raise ValueError(f"the cache URL starts with {scheme!r}; known schemes are: {known}")
