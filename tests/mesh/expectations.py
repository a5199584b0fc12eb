"""What must be found of a snapshot, whichever way it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.nse_snapshot import nse_snapshot
from tests.fixtures.snapshot_files import SHARED, expected_numbers

REAL = "nse_nifty_2025-08-05_intraday.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The figures of one expiry; None is absent."""

    pcr_oi: float | None
    pcr_volume: float | None
    max_pain_ties: tuple[float, ...]
    atm_strike: float | None

    def check(self, chain: Mapping[str, Any]) -> None:
        """Compare with a chain in JSON form."""
        assert chain.get("pcr_oi") == approximately(self.pcr_oi)
        assert chain.get("pcr_volume") == approximately(self.pcr_volume)
        assert chain.get("max_pain_strike") == (self.max_pain_ties or (None,))[0]
        assert chain.get("atm_strike") == self.atm_strike


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedFile:
    """A snapshot file and what is in it, by ISO expiry."""

    path: Path
    product: str
    expiries: Mapping[str, Expected]


def approximately(number: float | None) -> Any:
    """Compare numbers to the last digits that summing in another order may change."""
    return None if number is None else pytest.approx(number, rel=1e-12)


def captured_file() -> ReplayedFile:
    """Return the captured exchange snapshot and its independently computed figures."""
    return ReplayedFile(
        path=SHARED / REAL,
        product="NIFTY",
        expiries={
            _iso(day): Expected(
                pcr_oi=numbers["pcr_oi"],
                pcr_volume=numbers["pcr_vol"],
                max_pain_ties=tuple(map(float, numbers.get("max_pain", ()))),
                atm_strike=numbers.get("atm"),
            )
            for day, numbers in expected_numbers(REAL)["expiries"].items()
        },
    )


def generated_file(folder: Path) -> ReplayedFile:
    """Write a generated snapshot in NSE's shape."""
    snapshot = nse_snapshot()
    return ReplayedFile(
        path=snapshot.write(folder / "generated.json"),
        product=snapshot.product,
        expiries={
            expiry.isoformat(): Expected(
                pcr_oi=chain.pcr_oi,
                pcr_volume=chain.pcr_volume,
                max_pain_ties=chain.max_pain_ties,
                atm_strike=chain.atm_strike,
            )
            for expiry, chain in snapshot.expected.items()
        },
    )


def _iso(day: str) -> str:
    return datetime.strptime(day, "%d-%b-%Y").date().isoformat()  # noqa: DTZ007 - a date has no zone
