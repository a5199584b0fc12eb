"""GetPutCallRatio: the newest ratio of an expiry, and its series."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from google.protobuf.duration_pb2 import Duration
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched

from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.market.v1 import missing_pb2
from deltastream.runtime.codec.moments import to_datetime, to_timestamp

LATER = date(2026, 2, 24)


async def test_the_ratio_is_of_the_newest_chain(mesh: Mesh) -> None:
    older = chain(number=1, put_oi=(60.0, 40.0, 20.0))
    newer = chain(number=2, call_oi=(10.0, 20.0, 10.0))
    await mesh.store.put_chains([enriched(older), enriched(newer)])
    answer = await mesh.analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert answer.product == "NIFTY"
    assert answer.latest.expiry == EXPIRY.isoformat()
    assert to_datetime(answer.latest.timestamp) == BEGIN + timedelta(seconds=2)
    assert answer.latest.pcr_oi == pytest.approx(60.0 / 40.0)
    assert answer.latest.pcr_volume == pytest.approx(60.0 / 40.0)
    assert (answer.latest.total_call_oi, answer.latest.total_put_oi) == (40.0, 60.0)
    assert (answer.latest.total_call_volume, answer.latest.total_put_volume) == (80.0, 120.0)
    assert reasons(answer.latest) == {}
    assert len(answer.history) == 0


async def test_a_ratio_to_nothing_is_absent_with_its_reason(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain(call_oi=(0.0, 0.0, 0.0)))])
    request = pb.GetPutCallRatioRequest(product="NIFTY", history=True)
    answer = await mesh.analytics.GetPutCallRatio(request)
    for ratio in (answer.latest, answer.history[0]):
        assert not ratio.HasField("pcr_oi")
        assert reasons(ratio) == {
            "pcr_oi": missing_pb2.MISSING_REASON_NO_CALL_OPEN_INTEREST,
            "pcr_volume": missing_pb2.MISSING_REASON_NO_CALL_VOLUME,
        }


async def test_history_is_the_newest_points_oldest_first(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [enriched(chain(number=n, put_oi=(float(n), 0.0, 0.0))) for n in range(1, 6)]
    )
    request = pb.GetPutCallRatioRequest(product="NIFTY", history=True, limit=3)
    history = (await mesh.analytics.GetPutCallRatio(request)).history
    assert [point.total_put_oi for point in history] == [3.0, 4.0, 5.0]


async def test_history_lies_between_its_bounds_and_is_of_one_expiry(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [
            enriched(chain(number=n, expiry=expiry, put_oi=(float(n), 0.0, 0.0)))
            for n in range(1, 6)
            for expiry in (EXPIRY, LATER)
        ]
    )
    request = pb.GetPutCallRatioRequest(
        product="NIFTY",
        expiry=LATER.isoformat(),
        history=True,
        start=to_timestamp(BEGIN + timedelta(seconds=2)),
        end=to_timestamp(BEGIN + timedelta(seconds=4)),
    )
    history = (await mesh.analytics.GetPutCallRatio(request)).history
    assert [(point.expiry, point.total_put_oi) for point in history] == [
        (LATER.isoformat(), 2.0),
        (LATER.isoformat(), 3.0),
    ]


async def test_an_interval_keeps_the_last_point_of_each(mesh: Mesh) -> None:
    # BEGIN is a whole minute: seconds 58 and 59 fall into its minute, 60 and 61 into the next.
    await mesh.store.put_chains(
        [enriched(chain(number=n, put_oi=(float(n), 0.0, 0.0))) for n in (58, 59, 60, 61)]
    )
    request = pb.GetPutCallRatioRequest(
        product="NIFTY", history=True, interval=Duration(seconds=60)
    )
    history = (await mesh.analytics.GetPutCallRatio(request)).history
    assert [point.total_put_oi for point in history] == [59.0, 61.0]


async def test_the_nearest_expiry_is_judged_at_the_time_of_the_data(mesh: Mesh) -> None:
    expired, ahead = date(2026, 1, 13), EXPIRY
    await mesh.store.put_chains(
        [
            enriched(chain(number=number, expiry=expiry))
            for number, expiry in enumerate((expired, LATER, ahead), start=1)
        ]
    )
    answer = await mesh.analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert answer.latest.expiry == ahead.isoformat()


async def test_an_earlier_date_is_over_without_an_instant_of_expiry(mesh: Mesh) -> None:
    before = replace(chain(number=1, expiry=date(2026, 1, 13)), expires_at=None)
    await mesh.store.put_chains([enriched(before), enriched(chain(number=2))])
    answer = await mesh.analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert answer.latest.expiry == EXPIRY.isoformat()


async def test_an_expiry_is_over_at_its_instant_not_at_midnight(mesh: Mesh) -> None:
    # Chains of 27 January come at 09:00 UTC, and half an hour after it expired at 10:00.
    today, begin = EXPIRY, datetime(2026, 1, 27, 9, tzinfo=UTC)
    for number, expected in ((1, today), (5401, LATER)):
        moment = begin + timedelta(seconds=number) - BEGIN
        late = int(moment.total_seconds())
        await mesh.store.put_chains(
            [enriched(chain(number=late, expiry=expiry)) for expiry in (today, LATER)]
        )
        request = pb.GetPutCallRatioRequest(product="NIFTY")
        answer = await mesh.analytics.GetPutCallRatio(request)
        assert answer.latest.expiry == expected.isoformat()


async def test_when_all_have_expired_the_newest_chain_answers(mesh: Mesh) -> None:
    long_ago = date(2026, 1, 6)
    await mesh.store.put_chains(
        [
            enriched(chain(number=1, expiry=date(2026, 1, 13))),
            enriched(chain(number=2, expiry=long_ago)),
        ]
    )
    answer = await mesh.analytics.GetPutCallRatio(pb.GetPutCallRatioRequest(product="NIFTY"))
    assert answer.latest.expiry == long_ago.isoformat()
