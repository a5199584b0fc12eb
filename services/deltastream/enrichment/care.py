"""In which order to handle entries, one of which may end the process."""

from collections import Counter
from collections.abc import Iterable, Mapping

from deltastream.ports.bus import Entry


def in_turn(suspects: Mapping[str, int], entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries of suspect subjects: the first of each, then the second of each, and on.

    Subjects take turns forwards one time and backwards the next, so that whatever stands behind an
    entry that ends the process has been handled before that has happened too often.

    Args:
        suspects: how many readers have ended at the position of each subject.
        entries: what was read, of these and of other subjects, in order within each.
    """
    backwards = max(suspects.values(), default=0) % 2 == 1
    order = {subject: at for at, subject in enumerate(sorted(suspects, reverse=backwards))}
    read: Counter[str] = Counter()
    turns: list[tuple[int, int, Entry]] = []
    for entry in entries:
        if entry.subject in order:
            turns.append((read[entry.subject], order[entry.subject], entry))
            read[entry.subject] += 1
    return [entry for _, _, entry in sorted(turns, key=lambda turn: turn[:2])]
