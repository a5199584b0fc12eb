"""GetStraddle: the straddle at the money, what it implies, and its series."""

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.analytics.stored import measured
from tests.fixtures.chains import EXPIRY, chain, enriched

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.figures import PriceBasis
from deltastream.domain.missing import MissingReason
from deltastream.market.v1 import chain_pb2, missing_pb2

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)


async def test_the_straddle_is_call_plus_put_at_the_money(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain())])
    answer = await mesh.analytics.GetStraddle(pb.GetStraddleRequest(product="NIFTY"))
    latest = answer.latest
    assert answer.expiry == EXPIRY.isoformat()
    assert latest.atm_strike == 100.0
    assert (latest.call_price, latest.put_price) == pytest.approx((4.0, 3.0))
    assert latest.straddle_price == pytest.approx(7.0)
    assert latest.price_basis == chain_pb2.PRICE_BASIS_MID
    assert latest.expected_move_straddle == pytest.approx(0.85 * 7.0)
    assert latest.spot_price == 102.0


async def test_the_expected_move_is_one_standard_deviation(mesh: Mesh) -> None:
    known = measured(
        NOW,
        EXPIRY,
        spot=100.0,
        forward=101.0,
        years_to_expiry=0.04,
        atm_iv=0.2,
        expected_move=101.0 * 0.2 * sqrt(0.04),
    )
    await mesh.store.put_chains([known])
    latest = (await mesh.analytics.GetStraddle(pb.GetStraddleRequest(product="NIFTY"))).latest
    assert latest.atm_iv == 0.2
    assert latest.expected_move == pytest.approx(4.04)


async def test_absent_figures_have_the_reasons_of_the_chain(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [
            measured(
                NOW,
                EXPIRY,
                missing={
                    "atm_strike": MissingReason.NO_SPOT,
                    "atm_call_price": MissingReason.NO_SPOT,
                    "atm_put_price": MissingReason.NO_SPOT,
                    "atm_straddle_price": MissingReason.NO_SPOT,
                    "expected_move_straddle": MissingReason.NO_SPOT,
                    "atm_iv": MissingReason.NO_EXPIRY_TIME,
                    "expected_move": MissingReason.NO_EXPIRY_TIME,
                },
            )
        ]
    )
    latest = (await mesh.analytics.GetStraddle(pb.GetStraddleRequest(product="NIFTY"))).latest
    no_spot = missing_pb2.MISSING_REASON_NO_SPOT
    no_expiry_time = missing_pb2.MISSING_REASON_NO_EXPIRY_TIME
    assert reasons(latest) == {
        "atm_strike": no_spot,
        "call_price": no_spot,
        "put_price": no_spot,
        "straddle_price": no_spot,
        "expected_move_straddle": no_spot,
        "spot_price": no_spot,
        "atm_iv": no_expiry_time,
        "expected_move": no_expiry_time,
    }
    assert latest.price_basis == chain_pb2.PRICE_BASIS_UNSPECIFIED


async def test_a_chain_stored_before_volatilities_were_computed_explains_itself_too(
    mesh: Mesh,
) -> None:
    await mesh.store.put_chains(
        [
            measured(
                NOW,
                EXPIRY,
                spot=100.0,
                atm_strike=100.0,
                atm_straddle_price=7.0,
                atm_straddle_basis=PriceBasis.MIXED,
            )
        ]
    )
    latest = (await mesh.analytics.GetStraddle(pb.GetStraddleRequest(product="NIFTY"))).latest
    assert (latest.straddle_price, latest.price_basis) == (7.0, chain_pb2.PRICE_BASIS_MIXED)
    absent = {"call_price", "put_price", "atm_iv", "expected_move", "expected_move_straddle"}
    assert set(reasons(latest)) == absent


async def test_history_is_a_series_of_straddles(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [
            measured(
                NOW + timedelta(minutes=number),
                EXPIRY,
                spot=100.0,
                atm_iv=0.1 + number / 100.0,
                atm_straddle_price=float(number),
            )
            for number in range(4)
        ]
    )
    request = pb.GetStraddleRequest(product="NIFTY", history=True, limit=2)
    history = (await mesh.analytics.GetStraddle(request)).history
    assert [point.straddle_price for point in history] == [2.0, 3.0]
    assert [point.atm_iv for point in history] == pytest.approx([0.12, 0.13])
