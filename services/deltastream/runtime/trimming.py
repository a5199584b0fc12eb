"""Keeps the bus from growing without end."""

import asyncio
from collections.abc import Iterable
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.ports.bus import Bus
from deltastream.runtime.catalog import Catalog

_INTERVAL: Final = 2.0


async def trim_repeatedly(
    bus: Bus, catalog: Catalog, kinds: Iterable[SubjectKind], *, keep: int
) -> None:
    """Trim the subjects of all products, again and again, until cancelled.

    The writer of a subject is the one that trims it. What a group has not acknowledged stays,
    whatever `keep` says.
    """
    while True:
        await asyncio.sleep(_INTERVAL)
        try:
            for product in list(catalog.products):
                for kind in kinds:
                    await bus.trim(subject_of(kind, product), keep=keep)
        except DependencyUnavailableError:
            continue
