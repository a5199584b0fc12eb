"""The oracle: what was published, against what others say that they have."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Ledger:
    """Numbers of events, by product.

    Attributes:
        acknowledged: those that the bus has acknowledged, in the order of their publication.
        offered: those that were handed to the bus, whatever became of them.
    """

    acknowledged: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    offered: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def offer(self, product: str, sequence: int) -> None:
        """Note an event that is about to be published."""
        self.offered[product].add(sequence)

    def acknowledge(self, product: str, sequence: int) -> None:
        """Note that the bus has an event."""
        self.offered[product].add(sequence)
        self.acknowledged[product].append(sequence)

    def without(self, excused: Mapping[str, Collection[int]]) -> "Ledger":
        """Return a ledger that does not insist on some events."""
        kept = {
            product: [s for s in sequences if s not in excused.get(product, ())]
            for product, sequences in self.acknowledged.items()
        }
        return Ledger(acknowledged=kept, offered=self.offered)

    def since(self, product: str, first: int) -> "Ledger":
        """Return a ledger of one product that begins with an event."""
        kept = [s for s in self.acknowledged.get(product, ()) if s >= first]
        return Ledger(acknowledged={product: kept}, offered={product: self.offered[product]})

    @property
    def count(self) -> int:
        """How many events the bus has acknowledged."""
        return sum(len(sequences) for sequences in self.acknowledged.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How what someone has differs from the ledger.

    Attributes:
        lost: acknowledged, and absent.
        duplicate: present more than once; each time beyond the first counts.
        disordered: behind an event of the same product with a greater sequence.
        strange: present, and never published.
    """

    lost: int = 0
    duplicate: int = 0
    disordered: int = 0
    strange: int = 0

    @property
    def none(self) -> bool:
        """Whether there are no differences."""
        return not any(getattr(self, each.name) for each in fields(self))

    def __str__(self) -> str:
        counts = ((each.name, getattr(self, each.name)) for each in fields(self))
        shown = [f"{count} {name}" for name, count in counts if count or name != "strange"]
        return ", ".join(shown)

    def __add__(self, other: "Differences") -> "Differences":
        sums = {e.name: getattr(self, e.name) + getattr(other, e.name) for e in fields(self)}
        return Differences(**sums)


def compare(
    ledger: Ledger, observed: Mapping[str, Sequence[int]], *, ordered: bool = True
) -> Differences:
    """Compare a ledger with what someone has.

    Args:
        ledger: what was published.
        observed: sequences by product, in the order in which they came.
        ordered: whether that order means anything; that of rows in a table does not.
    """
    total = Differences()
    for product in ledger.offered.keys() | observed.keys():
        seen = observed.get(product, ())
        total += Differences(
            lost=len(set(ledger.acknowledged.get(product, ())) - set(seen)),
            duplicate=sum(times - 1 for times in Counter(seen).values()),
            disordered=_steps_back(seen) if ordered else 0,
            strange=len(set(seen) - ledger.offered.get(product, set())),
        )
    return total


def _steps_back(sequences: Iterable[int]) -> int:
    """Count what came after something greater; a repetition at once is none."""
    greatest, back = 0, 0
    for sequence in sequences:
        back += sequence < greatest
        greatest = max(greatest, sequence)
    return back
