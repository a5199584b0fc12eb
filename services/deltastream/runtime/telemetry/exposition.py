"""The registry as text, a family at a time: scraping does not hold the event loop up."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4


@dataclass(frozen=True, slots=True)
class _Alone(Collector):
    """A collector of one family."""

    family: Metric

    def collect(self) -> Iterator[Metric]:
        yield self.family


async def exposition(registry: CollectorRegistry) -> bytes:
    """Return all that a registry says, as Prometheus reads it."""
    parts: list[bytes] = []
    for family in registry.collect():
        parts.append(generate_latest(_Alone(family)))
        # Hundreds of series take milliseconds, and the role has other things to do.
        await asyncio.sleep(0)
    return b"".join(parts)
