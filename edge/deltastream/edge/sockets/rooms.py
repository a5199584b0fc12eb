"""Who receives what."""

from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

from deltastream.edge.sockets.subjects import Subject, SubjectKind

MemberT = TypeVar("MemberT", bound=Hashable)


class Rooms(Generic[MemberT]):
    """The rooms `general`, `product:X` and `chain:X`, and who is in them.

    `general` carries the updates of all products, `product:X` those of one, `chain:X` the whole
    chains of one.
    """

    def __init__(self) -> None:
        """Open all rooms, empty."""
        self._general: set[MemberT] = set()
        self._members: defaultdict[Subject, set[MemberT]] = defaultdict(set)

    def enter_general(self, member: MemberT) -> None:
        """Let a member into `general`."""
        self._general.add(member)

    def enter(self, subject: Subject, member: MemberT) -> None:
        """Let a member into the room of a subject."""
        self._members[subject].add(member)

    def leave(self, subject: Subject, member: MemberT) -> None:
        """Take a member out of the room of a subject."""
        members = self._members[subject]
        members.discard(member)
        if not members:
            del self._members[subject]

    def leave_general(self, member: MemberT) -> None:
        """Take a member out of `general`."""
        self._general.discard(member)

    def recipients(self, subject: Subject) -> AbstractSet[MemberT]:
        """Return those whom an update of a subject concerns, each once."""
        members = self._members.get(subject, frozenset[MemberT]())
        return self._general | members if subject.kind is SubjectKind.PRODUCT else members
