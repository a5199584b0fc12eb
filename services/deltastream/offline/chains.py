"""The chains of a file or a folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from deltastream.adapters.source.snapshots.recording import Recording, Track, load_recording
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.errors import SourceFormatError
from deltastream.domain.events import OptionChain
from deltastream.domain.instruments import Product
from deltastream.ports.source import SkippedRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainsOfFile:
    """What was asked for of a file or folder.

    Attributes:
        products: by symbol.
        chains: by time, product and expiry; never empty.
        skipped: what could not be used.
    """

    products: Mapping[str, Product]
    chains: Sequence[OptionChain]
    skipped: SkippedRecords


def read_chains(
    path: Path,
    hints: SnapshotHints,
    *,
    track: Track = iter,
) -> ChainsOfFile:
    """Read the chains of a snapshot file, or of all snapshot files of a folder.

    Each chain has as its sequence the place it takes among those of its product, from 1,
    whichever of them are asked for.

    Args:
        path: the file or folder.
        hints: what files do not state themselves; of those that do, what is asked for.
        track: passes the paths of a folder on, as they are read.

    Raises:
        SourceFormatError: there is no snapshot, or none of the product or expiry asked for.
    """
    pick = frozenset() if hints.product is None else frozenset({hints.product})
    recording = load_recording(path, hints=hints, pick=pick, track=track)
    chains = list(_numbered(recording))
    return ChainsOfFile(
        products={product.symbol: product for product in recording.products},
        chains=chains if hints.expiry is None else _expiring(chains, hints.expiry, path),
        skipped=recording.skipped,
    )


def _numbered(recording: Recording) -> Iterator[OptionChain]:
    numbers: Counter[str] = Counter()
    for frame in recording.frames:
        for chain in frame.chains:
            numbers[chain.product] += 1
            yield replace(chain, sequence=numbers[chain.product])


def _expiring(chains: Sequence[OptionChain], expiry: date, path: Path) -> Sequence[OptionChain]:
    expiring = [chain for chain in chains if chain.expiry == expiry]
    if not expiring:
        raise SourceFormatError(
            f"{path} holds no chain of expiry {expiry}; it holds {_expiries_of(chains)}"
        )
    return expiring


def _expiries_of(chains: Iterable[OptionChain]) -> str:
    """List products with their expiries, for people."""
    held: dict[str, set[date]] = {}
    for chain in chains:
        held.setdefault(chain.product, set()).add(chain.expiry)
    return "; ".join(
        f"{product} {', '.join(map(str, sorted(expiries)))}"
        for product, expiries in sorted(held.items())
    )
