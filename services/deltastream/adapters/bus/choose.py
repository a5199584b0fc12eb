"""Chooses the bus from its URL, in this one place."""

from urllib.parse import urlsplit

from deltastream.adapters.bus.memory import MemoryBus
from deltastream.adapters.bus.redis_streams import RedisStreamsBus
from deltastream.adapters.redis_connection import SCHEMES
from deltastream.ports.bus import Bus


def open_bus(url: str) -> Bus:
    """Make the bus of a URL. It connects when first used.

    Args:
        url: `memory:`, which is a bus of its own at each call, or `redis://`, `rediss://` or
            `unix://` of a Redis server.

    Raises:
        ValueError: no bus has this scheme, or the rest of the URL is not understood.
    """
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryBus()
    if scheme in SCHEMES:
        return RedisStreamsBus(url)
    known = ", ".join(("memory", *SCHEMES))
    raise ValueError(f"the bus URL starts with {scheme!r}; known schemes are: {known}")
