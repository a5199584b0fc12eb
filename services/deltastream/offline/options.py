"""What `deltastream enrich` can be told."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.figures import PricingConvention

FormatName = Literal["table", "json", "csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichOptions:
    """What the command line says; None is what it does not.

    Attributes:
        path: a snapshot file, or a folder of them.
        product: only this symbol; also that of files which state none.
        expiry: only this one; also that of files which state none.
        timestamp: when files that do not say were taken; aware.
        rate: interest, continuous, a fraction per year.
        contract_size: units of the underlying in one unit of open interest.
        output: written instead of stdout.
        strikes: how many a table shows around the money; 0 shows all.
    """

    path: Path
    product: str | None = None
    expiry: date | None = None
    timestamp: datetime | None = None
    convention: PricingConvention | None = None
    rate: float | None = None
    contract_size: float | None = None
    format: FormatName | None = None
    output: Path | None = None
    strikes: int = 15

    def hints(self) -> SnapshotHints:
        """Return what is known of files that do not state it themselves.

        Raises:
            InvalidValueError: the product is no symbol.
        """
        return SnapshotHints(product=self.product, expiry=self.expiry, timestamp=self.timestamp)
