"""GetMaxPain: the strike of least pain, the whole curve, and its series."""

from datetime import timedelta

import pytest
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.fixtures.chains import BEGIN, chain, enriched

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.market.v1 import missing_pb2
from deltastream.runtime.codec.moments import to_datetime

NOBODY = (0.0, 0.0, 0.0)


async def test_max_pain_comes_with_its_whole_curve(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain())])
    answer = await mesh.analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert [(p.strike, p.call_pain, p.put_pain, p.total_pain) for p in answer.curve] == [
        (95.0, 0.0, 200.0, 200.0),
        (100.0, 50.0, 50.0, 100.0),
        (105.0, 200.0, 0.0, 200.0),
    ]
    assert answer.max_pain_strike == 100.0
    assert list(answer.max_pain_ties) == [100.0]
    assert answer.distance_from_spot == pytest.approx(-2.0)
    assert answer.distance_pct == pytest.approx(-200.0 / 102.0)
    assert (answer.total_call_oi, answer.total_put_oi) == (60.0, 60.0)
    assert reasons(answer) == {}
    assert len(answer.history) == 0


async def test_what_cannot_be_computed_is_absent_with_its_reason(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain(spot=None, call_oi=NOBODY, put_oi=NOBODY))])
    pain = await mesh.analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY", history=True))
    assert not pain.HasField("max_pain_strike")
    assert not pain.HasField("distance_pct")
    no_open_interest = missing_pb2.MISSING_REASON_NO_OPEN_INTEREST
    no_spot = missing_pb2.MISSING_REASON_NO_SPOT
    assert reasons(pain) == {
        "max_pain_strike": no_open_interest,
        "distance_from_spot": no_open_interest,
        "distance_pct": no_open_interest,
        "spot_price": no_spot,
    }
    assert reasons(pain.history[0]) == {"max_pain_strike": no_open_interest, "spot_price": no_spot}


async def test_each_figure_has_its_own_reason(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain(spot=None))])
    pain = await mesh.analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert pain.max_pain_strike == 100.0
    assert reasons(pain) == dict.fromkeys(
        ("distance_from_spot", "distance_pct", "spot_price"), missing_pb2.MISSING_REASON_NO_SPOT
    )
    await mesh.store.put_chains([enriched(chain(number=2, call_oi=NOBODY, put_oi=NOBODY))])
    pain = await mesh.analytics.GetMaxPain(pb.GetMaxPainRequest(product="NIFTY"))
    assert pain.spot_price == 102.0
    assert reasons(pain) == dict.fromkeys(
        ("distance_from_spot", "distance_pct", "max_pain_strike"),
        missing_pb2.MISSING_REASON_NO_OPEN_INTEREST,
    )


async def test_history_says_how_max_pain_moved(mesh: Mesh) -> None:
    low, high = (90.0, 0.0, 0.0), (0.0, 0.0, 90.0)
    await mesh.store.put_chains(
        [
            enriched(chain(number=1, call_oi=low, put_oi=low, spot=101.0)),
            enriched(chain(number=2, call_oi=high, put_oi=high, spot=103.0)),
        ]
    )
    request = pb.GetMaxPainRequest(product="NIFTY", history=True)
    history = (await mesh.analytics.GetMaxPain(request)).history
    assert [(point.max_pain_strike, point.spot_price) for point in history] == [
        (95.0, 101.0),
        (105.0, 103.0),
    ]
    assert [to_datetime(point.timestamp) for point in history] == [
        BEGIN + timedelta(seconds=1),
        BEGIN + timedelta(seconds=2),
    ]
    newest = pb.GetMaxPainRequest(product="NIFTY", history=True, limit=1)
    (point,) = (await mesh.analytics.GetMaxPain(newest)).history
    assert point.max_pain_strike == 105.0
