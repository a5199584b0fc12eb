"""What the gateway has passed on: numbered, with the latest of everything and the recent past."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from deltastream.edge.sockets.frames import Frame
from deltastream.edge.sockets.subjects import Subject, SubjectKind, UpdateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One event about one subject.

    Attributes:
        subject: what it is about.
        key: what it is the newest value of.
        seq: its number within the subject; see Subject.
        sequence: the sequence of the market event that it passes on.
        frame: the event as it travels.
    """

    subject: Subject
    key: UpdateKey
    seq: int
    sequence: int
    frame: Frame


@dataclass(slots=True, kw_only=True)
class _Record:
    seq: int
    recent: deque[Update]
    latest: dict[UpdateKey, Update] = field(default_factory=dict)


class Ledger:
    """Numbers updates, and tells a client that joins what it needs to know.

    Bounded: one update for each key of the market, and `kept` recent ones for each subject.
    """

    def __init__(self, *, first_seq: int, kept: Mapping[SubjectKind, int]) -> None:
        """Start empty.

        Args:
            first_seq: the `seq` before the first update of every subject.
            kept: how many recent updates are kept of each subject of a kind.
        """
        self._first_seq = first_seq
        self._kept = kept
        self._records: dict[Subject, _Record] = {}

    @property
    def products(self) -> set[str]:
        """The products of which there ever was an update."""
        return {subject.product for subject in self._records}

    def record(
        self,
        subject: Subject,
        key: UpdateKey,
        *,
        sequence: int,
        payload: Callable[[int], object],
    ) -> Update | None:
        """Number an update and keep it; None when it is no newer than the latest of its key.

        Args:
            subject: what it is about.
            key: what it is the newest value of.
            sequence: the sequence of the market event.
            payload: makes the payload, given the update's `seq`, when it is first sent.
        """
        record = self._record_of(subject)
        latest = record.latest.get(key)
        if latest is not None and latest.sequence >= sequence:
            return None
        record.seq += 1
        seq = record.seq
        frame = Frame(key.event, lambda: payload(seq))
        update = Update(subject=subject, key=key, seq=seq, sequence=sequence, frame=frame)
        record.latest[key] = update
        record.recent.append(update)
        return update

    def seq(self, subject: Subject) -> int:
        """Return the number of the subject's newest update."""
        record = self._records.get(subject)
        return self._first_seq if record is None else record.seq

    def latest(self, subject: Subject) -> list[Update]:
        """Return the latest update of each key of a subject, by `seq`."""
        record = self._records.get(subject)
        updates: Iterable[Update] = () if record is None else record.latest.values()
        return sorted(updates, key=lambda update: update.seq)

    def since(self, subject: Subject, seq: int) -> list[Update] | None:
        """Return all updates of a subject after `seq`; None when not all of them are kept."""
        missed = self.seq(subject) - seq
        record = self._records.get(subject)
        kept: Collection[Update] = () if record is None else record.recent
        if not 0 <= missed <= len(kept):
            return None
        return [update for update in kept if update.seq > seq]

    def subjects(self, kind: SubjectKind) -> list[Subject]:
        """Return the subjects of a kind that have had updates."""
        return [subject for subject in self._records if subject.kind is kind]

    def forget(self, events: Collection[str]) -> None:
        """Drop what is known through some events, because some may be missed from here on.

        A subject that had any skips a number: the gap shows, and nobody resumes across it.
        """
        for record in self._records.values():
            known = [key for key in record.latest if key.event in events]
            for key in known:
                del record.latest[key]
            if known:
                record.recent.clear()
                record.seq += 1

    def forget_expired(self, subject: Subject, *, before: str) -> None:
        """Drop the latest update of each expiry earlier than an ISO date."""
        latest = self._record_of(subject).latest
        for key in [key for key in latest if key.expiry and key.expiry < before]:
            del latest[key]

    def _record_of(self, subject: Subject) -> _Record:
        if subject not in self._records:
            recent: deque[Update] = deque(maxlen=self._kept[subject.kind])
            self._records[subject] = _Record(seq=self._first_seq, recent=recent)
        return self._records[subject]
