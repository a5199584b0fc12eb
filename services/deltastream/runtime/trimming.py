"""Keeps the bus from growing without end, and says so where it grows all the same."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.ports.bus import Bus
from deltastream.runtime.backlog_alarm import BacklogAlarm
from deltastream.runtime.catalog import Catalog

FUSE: Final = 100_000
"""Entries a subject at which its backlog counts as full, where nothing else is said."""

_INTERVAL: Final = 2.0

Through = Callable[[SubjectKind, str], Awaitable[int | None]]
"""Says, of a kind and a product, up to which sequence entries may go; None is no bound."""


async def trim_repeatedly(
    bus: Bus,
    catalog: Catalog,
    kinds: Iterable[SubjectKind],
    *,
    keep: int,
    fuse: int = FUSE,
    through: Through | None = None,
    interval: float = _INTERVAL,
) -> None:
    """Trim the subjects of all products, again and again, until cancelled.

    The writer of a subject is the one that trims it. What a group has not finished stays,
    whatever `keep` says; so a subject whose group lags behind grows beyond it. Nothing is ever
    dropped for that. It is logged when it comes near the fuse; when at last the bus has no room,
    as a Redis with `maxmemory` and `noeviction`, it refuses the writer, and the writer waits.

    Args:
        bus: where the subjects are.
        catalog: knows the products.
        kinds: of the subjects to trim.
        keep: entries to spare at least, a subject.
        fuse: entries a subject at which its backlog is logged as full, and at 80 % as high.
        through: bounds what may go, as `finished_by` does; None is no bound but the groups'.
        interval: seconds between one round and the next.
    """
    kinds = tuple(kinds)
    alarm = BacklogAlarm(limit=fuse)
    while True:
        await asyncio.sleep(interval)
        try:
            for product in list(catalog.products):
                for kind in kinds:
                    subject = subject_of(kind, product)
                    bound = await through(kind, product) if through else None
                    await bus.trim(subject, keep=keep, through=bound)
                    alarm.observe(subject, held=(await bus.backlog(subject)).held)
        except DependencyUnavailableError:
            continue


def finished_by(bus: Bus, group: str, sources: Mapping[SubjectKind, SubjectKind]) -> Through:
    """Let entries go only when a group is done with what they were made of.

    What is made of an event has its sequence. Until the group has finished the event, what it
    made of it may be in no store yet, and whoever catches up must find it on the bus.

    Args:
        bus: where the group's positions are.
        group: which group.
        sources: the kind that each kind is made of; one that is made of none has no bound here.
            A kind that is its own source is spared even before the group has ever begun.
    """

    async def through(kind: SubjectKind, product: str) -> int | None:
        if kind not in sources:
            return None
        subject = subject_of(sources[kind], product)
        return (await bus.positions(group, [subject]))[subject]

    return through
