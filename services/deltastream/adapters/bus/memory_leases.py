"""Leases inside one process."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from deltastream.adapters.bus.checks import check_seconds
from deltastream.domain.errors import LeaseLostError
from deltastream.ports.leases import Lease


@dataclass(slots=True)
class MemoryLeases:
    """Leases and members that end when the clock has passed their time.

    Attributes:
        clock: seconds, always growing.
    """

    clock: Callable[[], float]
    _granted: dict[tuple[str, str], tuple[Lease, float]] = field(default_factory=dict)
    _members: defaultdict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def present(self, group: str, member: str, *, seconds: float) -> list[str]:
        """See the port."""
        check_seconds(seconds)
        members = self._members[group]
        now = self.clock()
        members[member] = now + seconds
        for gone in [name for name, until in members.items() if until <= now]:
            del members[gone]
        return sorted(members)

    async def leave(self, group: str, member: str) -> None:
        """See the port."""
        self._members[group].pop(member, None)

    async def acquire(
        self, group: str, names: Sequence[str], holder: str, *, seconds: float
    ) -> list[Lease]:
        """See the port."""
        check_seconds(seconds)
        return [
            self._grant(group, name, holder, seconds)
            for name in names
            if self._holder(group, name) in {None, holder}
        ]

    async def renew(self, leases: Sequence[Lease], *, seconds: float) -> list[Lease]:
        """See the port."""
        check_seconds(seconds)
        held = [lease for lease in leases if self._is_held(lease)]
        for lease in held:
            self._granted[lease.group, lease.name] = lease, self.clock() + seconds
        return held

    async def release(self, leases: Sequence[Lease]) -> None:
        """See the port."""
        for lease in leases:
            if self._is_held(lease):
                del self._granted[lease.group, lease.name]

    async def holders(self, group: str, names: Sequence[str]) -> dict[str, str]:
        """See the port."""
        holders = {name: self._holder(group, name) for name in names}
        return {name: holder for name, holder in holders.items() if holder is not None}

    def check(self, leases: Sequence[Lease]) -> None:
        """Raise LeaseLostError unless all are held at this moment."""
        lost = [lease.name for lease in leases if not self._is_held(lease)]
        if lost:
            raise LeaseLostError(lost)

    def _grant(self, group: str, name: str, holder: str, seconds: float) -> Lease:
        lease = Lease(group=group, name=name, holder=holder, number=next(self._numbers))
        self._granted[group, name] = lease, self.clock() + seconds
        return lease

    def _present_lease(self, group: str, name: str) -> Lease | None:
        lease, until = self._granted.get((group, name), (None, 0.0))
        return lease if self.clock() < until else None

    def _is_held(self, lease: Lease) -> bool:
        return self._present_lease(lease.group, lease.name) == lease

    def _holder(self, group: str, name: str) -> str | None:
        lease = self._present_lease(group, name)
        return None if lease is None else lease.holder
