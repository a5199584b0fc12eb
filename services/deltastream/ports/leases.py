"""Leases: which replica of a group may do what, while it lives.

A lease ends by itself when its holder stops renewing it, as a dead or a frozen one does. A frozen
holder does not know that: so every lease carries a number that grows with each new holder, and
whoever writes under a lease lets the bus compare it in the moment of writing (fencing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right of one replica to one thing.

    Attributes:
        group: whose replicas share it out.
        name: what it is about, such as a product.
        holder: which replica has it.
        number: grows each time that it is granted anew, so that an earlier holder can be told
            from the present one.
    """

    group: str
    name: str
    holder: str
    number: int


class Leases(Protocol):
    """What replicas need to share out work without a coordinator.

    Every method raises DependencyUnavailableError when the bus does not answer.
    """

    async def present(self, group: str, member: str, *, seconds: float) -> list[str]:
        """Say that a member lives, for so long; return all living members of the group, sorted."""
        ...

    async def leave(self, group: str, member: str) -> None:
        """Say that a member is gone, so that the others need not wait for it. Safe to repeat."""
        ...

    async def acquire(
        self, group: str, names: Sequence[str], holder: str, *, seconds: float
    ) -> list[Lease]:
        """Take those of the names that nobody holds, in order, and return their leases.

        A name that the holder itself has from an earlier life is granted to it under a new number.
        """
        ...

    async def renew(self, leases: Sequence[Lease], *, seconds: float) -> list[Lease]:
        """Prolong leases, and return those that are still held; the others are lost."""
        ...

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back. One that is not held any more is left to its holder."""
        ...

    async def holders(self, group: str, names: Sequence[str]) -> dict[str, str]:
        """Return who holds each of the names; a name that nobody holds is left out."""
        ...
