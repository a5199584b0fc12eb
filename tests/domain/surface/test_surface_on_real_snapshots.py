"""Surfaces of captured option chains lie where the quotes are."""

from functools import cache
from math import pi, sqrt

import numpy as np
import pytest
from tests.domain.surface.option_smiles import smile_of
from tests.fixtures.snapshot_files import SHARED, needs_shared_data

from deltastream.adapters.source.snapshots.recognition import open_file, read_snapshot
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.arrays import FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.surface.fit import FEWEST_POINTS, SliceMethod
from deltastream.domain.surface.points import SmilePoints
from deltastream.domain.surface.surface import Surface, fit_surface
from deltastream.domain.surface.surface_slice import SurfaceSlice
from deltastream.domain.surface.term_structure import term_structure

pytestmark = needs_shared_data

NIFTY = "nse_nifty_2025-08-05_intraday.json"
BANKNIFTY = "nse_banknifty_2021-05-17_close.json"
SPY = "cboe_spy_2025-09-25.csv"
RATES = {NIFTY: 0.06, BANKNIFTY: 0.04, SPY: 0.042}


@cache
def smiles(name: str) -> tuple[SmilePoints, ...]:
    snapshot = read_snapshot(open_file(SHARED / name, SnapshotHints()))
    found = (smile_of(chain, rate=RATES[name]) for chain in snapshot.chains)
    return tuple(smile for smile in found if smile is not None)


@cache
def surface(name: str) -> Surface:
    return fit_surface(smiles(name))


def liquid_distances(points: SmilePoints, fitted: SurfaceSlice) -> FloatArray:
    """Distances of the fit from the quotes, in volatility points.

    Of strikes within two standard deviations of the forward that are quoted as close as a point.
    """
    assert fitted.smile is not None
    assert fitted.forward is not None
    assert fitted.years is not None
    usable = points.usable()
    moneyness, deviation = np.log(fitted.strikes / fitted.forward), fitted.ivs * sqrt(fitted.years)
    d1 = deviation / 2 - moneyness / deviation
    vega = fitted.forward * sqrt(fitted.years) * np.exp(-(d1**2) / 2) / sqrt(2 * pi)
    level = fitted.ivs[np.argmin(abs(moneyness))] * sqrt(fitted.years)
    liquid = (usable.spreads <= 0.01 * vega) & (abs(moneyness) <= 2 * level)
    distances: FloatArray = 100 * abs(fitted.smile.fitted_ivs - fitted.ivs)[liquid]
    return distances


@pytest.mark.parametrize(
    ("name", "expiries", "median", "worst"),
    [(NIFTY, 11, 0.2, 0.5), (SPY, 11, 0.2, 1.0), (BANKNIFTY, 5, 0.6, 1.2)],
)
def test_fits_lie_close_to_liquid_quotes(
    name: str, expiries: int, median: float, worst: float
) -> None:
    checked = 0
    for points, fitted in zip(smiles(name), surface(name).slices, strict=True):
        if fitted.smile is not None:
            distances = liquid_distances(points, fitted)
            assert len(distances) > 0
            assert np.median(distances) <= median, fitted.expiry
            assert distances.max() <= worst, fitted.expiry
            checked += 1
    assert checked == expiries


@pytest.mark.parametrize("name", RATES)
def test_every_expiry_with_points_enough_is_an_admissible_svi_smile(name: str) -> None:
    for one in surface(name).slices:
        if len(one.strikes) >= FEWEST_POINTS:
            assert one.method is SliceMethod.SVI, one.expiry
            assert one.svi is not None
            assert one.svi.is_admissible
        elif len(one.strikes) > 0:
            assert one.method is SliceMethod.INTERPOLATED
        else:
            assert one.reason is MissingReason.NO_IMPLIED_VOLATILITY


@pytest.mark.parametrize("name", RATES)
def test_fitted_smiles_imply_no_negative_density_near_the_money(name: str) -> None:
    for one in surface(name).slices:
        if one.smile is not None and one.svi is not None:
            assert one.atm_iv is not None
            body = 2 * one.atm_iv * sqrt(one.smile.years)
            for found in one.smile.butterfly.ranges:
                assert found.low > body or found.high < -body, one.expiry


@pytest.mark.parametrize("name", RATES)
def test_volatility_thirty_days_ahead_is_that_of_the_quotes_at_the_money(name: str) -> None:
    target, rows = 30 / 365, []
    for points in smiles(name):
        usable = points.usable()
        if len(usable) and points.forward is not None and points.years is not None:
            nearest = np.argmin(abs(usable.strikes - points.forward))
            rows.append((points.years, float(usable.ivs[nearest]) ** 2 * points.years))
    (early, low), (late, high) = (
        max(row for row in rows if row[0] <= target),
        min(row for row in rows if row[0] > target),
    )
    expected = sqrt((low + (high - low) * (target - early) / (late - early)) / target)

    assert term_structure(surface(name)).constant_maturity() == pytest.approx(expected, abs=0.003)
