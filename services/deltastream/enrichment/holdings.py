"""Which products this replica enriches now, and how far each has been read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deltastream.log_library import structlog
from deltastream.ports.leases import Lease

_log = structlog.get_logger()


@dataclass(slots=True, kw_only=True, eq=False)
class Holding:
    """A product while this replica has its lease.

    Attributes:
        positions: the subjects that have been taken up, and how far each has been read.
        suspects: subjects at whose position readers have ended, and how many; what comes next on
            them is handled with care.
        staying: whether it is to be kept; what is being handed over is read no further.
    """

    lease: Lease
    positions: dict[str, int] = field(default_factory=dict)
    suspects: dict[str, int] = field(default_factory=dict)
    staying: bool = True


class Holdings:
    """The products that this replica holds, by symbol.

    Ownership, worker and recorder share it on one event loop. Whoever learns first that a lease is
    lost says so, and at that moment everything that was known of the product is dropped.
    """

    def __init__(self) -> None:
        self._by_product: dict[str, Holding] = {}
        self._tell: list[Callable[[str], None]] = []

    def when_gone(self, tell: Callable[[str], None]) -> None:
        """Tell of each product that is held no more: what is known of it is to be forgotten."""
        self._tell.append(tell)

    @property
    def leases(self) -> list[Lease]:
        """All leases, those of products being handed over included."""
        return [holding.lease for holding in self._by_product.values()]

    @property
    def staying(self) -> dict[str, Holding]:
        """What is to be kept, by product."""
        return {product: held for product, held in self._by_product.items() if held.staying}

    def get(self, product: str) -> Holding | None:
        """Return what is held of a product."""
        return self._by_product.get(product)

    def reading(self, product: str, subject: str) -> Holding | None:
        """Return the holding under which entries of a subject may be begun now, if there is one."""
        holding = self._by_product.get(product)
        begun = holding is not None and holding.staying and subject in holding.positions
        return holding if begun else None

    def take_suspects(self) -> dict[str, int]:
        """Return the subjects that are suspect, and suspect them no longer."""
        found: dict[str, int] = {}
        for holding in self._by_product.values():
            found |= holding.suspects
            holding.suspects.clear()
        return found

    def grant(self, leases: Iterable[Lease]) -> None:
        """Hold what was acquired."""
        for lease in leases:
            self._by_product[lease.name] = Holding(lease=lease)
            _log.info("product_taken", product=lease.name, number=lease.number)

    def drop(self, lease: Lease) -> bool:
        """Hold a product no more, unless it is held under another lease by now."""
        holding = self._by_product.get(lease.name)
        if holding is None or holding.lease != lease:
            return False
        del self._by_product[lease.name]
        for tell in self._tell:
            tell(lease.name)
        return True

    def lose(self, refused: Iterable[str], under: Iterable[Lease]) -> set[Lease]:
        """Take note that the bus has refused something, and return the leases that are lost.

        Args:
            refused: the names of which it said so.
            under: the leases that it was shown. Of two of one name the earlier is the lost one.
        """
        named = {lease for lease in under if lease.name in set(refused)}
        outdated = {lease for lease in named if not self._is_current(lease)}
        lost = outdated or named
        for lease in lost:
            if self.drop(lease):
                _log.warning("product_lost", product=lease.name, number=lease.number)
        return lost

    def _is_current(self, lease: Lease) -> bool:
        holding = self._by_product.get(lease.name)
        return holding is not None and holding.lease == lease
