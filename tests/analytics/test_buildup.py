"""GetOpenInterestBuildup: by strike, since the previous close or since some minutes ago."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.analytics.analytics_mesh import Mesh, reasons
from tests.fixtures.chains import BEGIN, EXPIRY, chain, enriched
from tests.fixtures.snapshot_files import SHARED, expected_numbers, needs_shared_data

from deltastream.adapters.source.snapshots.recognition import open_file, read_snapshot
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.events import Legs, OptionChain
from deltastream.market.v1 import chain_pb2, missing_pb2
from deltastream.runtime.codec.moments import to_datetime

LONG_BUILDUP = chain_pb2.BUILDUP_LONG_BUILDUP
SHORT_BUILDUP = chain_pb2.BUILDUP_SHORT_BUILDUP
LONG_UNWINDING = chain_pb2.BUILDUP_LONG_UNWINDING
SHORT_COVERING = chain_pb2.BUILDUP_SHORT_COVERING
NEUTRAL = chain_pb2.BUILDUP_NEUTRAL
UNKNOWN = chain_pb2.BUILDUP_UNSPECIFIED


def changed(legs: Legs, **columns: list[float]) -> Legs:
    return replace(legs, **{name: np.array(values) for name, values in columns.items()})


def at_minute(minute: float, **columns: list[float]) -> OptionChain:
    """Return the chain of a minute after BEGIN, its calls with other columns."""
    raw = chain(number=max(int(minute * 60), 1))
    timestamp = BEGIN + timedelta(minutes=minute)
    return replace(raw, timestamp=timestamp, calls=changed(raw.calls, **columns))


async def buildup(mesh: Mesh, minutes: int = 0) -> pb.GetOpenInterestBuildupResponse:
    request = pb.GetOpenInterestBuildupRequest(product="NIFTY", window_minutes=minutes)
    return await mesh.analytics.GetOpenInterestBuildup(request)


async def test_without_a_window_it_is_what_the_source_says_since_the_close(mesh: Mesh) -> None:
    raw = chain()
    calls = changed(
        raw.calls, price_change=[1.0, -1.0, -2.0], change_in_open_interest=[5.0, 6.0, -7.0]
    )
    puts = changed(
        raw.puts, price_change=[2.0, 0.0, np.nan], change_in_open_interest=[-3.0, 4.0, 4.0]
    )
    await mesh.store.put_chains([enriched(replace(raw, calls=calls, puts=puts))])
    answer = await buildup(mesh)
    assert answer.baseline == pb.BUILDUP_BASELINE_PREVIOUS_CLOSE
    assert not answer.HasField("baseline_at")
    assert [(each.strike, each.call, each.put) for each in answer.strikes] == [
        (95.0, LONG_BUILDUP, SHORT_COVERING),
        (100.0, SHORT_BUILDUP, NEUTRAL),
        (105.0, LONG_UNWINDING, UNKNOWN),
    ]
    first, _, last = answer.strikes
    assert (first.call_price_change, first.call_oi_change) == (1.0, 5.0)
    assert (first.put_price_change, first.put_oi_change) == (2.0, -3.0)
    assert not last.HasField("put_price_change")
    assert last.put_oi_change == 4.0
    assert (answer.support, answer.resistance) == (95.0, 105.0)
    assert reasons(answer) == {}


async def test_a_window_compares_with_the_last_chain_before_it(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [
            enriched(at_minute(0, last=[9.0] * 3, open_interest=[90.0] * 3)),
            enriched(at_minute(4, last=[4.0] * 3, open_interest=[10.0] * 3)),
            enriched(at_minute(7, last=[7.0] * 3, open_interest=[70.0] * 3)),
            enriched(at_minute(20, last=[5.0, 3.0, 4.0], open_interest=[12.0, 15.0, 9.0])),
        ]
    )
    answer = await buildup(mesh, minutes=15)
    assert answer.baseline == pb.BUILDUP_BASELINE_WINDOW_START
    assert to_datetime(answer.baseline_at) == BEGIN + timedelta(minutes=4)
    assert to_datetime(answer.timestamp) == BEGIN + timedelta(minutes=20)
    assert [each.call for each in answer.strikes] == [LONG_BUILDUP, SHORT_BUILDUP, NEUTRAL]
    assert [each.call_price_change for each in answer.strikes] == [1.0, -1.0, 0.0]
    assert [each.call_oi_change for each in answer.strikes] == [2.0, 5.0, -1.0]
    # The puts are the same in all chains.
    assert [each.put for each in answer.strikes] == [NEUTRAL] * 3


async def test_the_chain_at_the_very_start_of_a_window_is_its_baseline(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(at_minute(minute)) for minute in (1, 5, 6, 20)])
    answer = await buildup(mesh, minutes=15)
    assert to_datetime(answer.baseline_at) == BEGIN + timedelta(minutes=5)


@pytest.mark.parametrize("first", [BEGIN, BEGIN + timedelta(minutes=59, seconds=58)])
async def test_a_history_shorter_than_the_window_begins_it(mesh: Mesh, first: datetime) -> None:
    later = [timedelta(seconds=1), timedelta(seconds=3), timedelta(hours=2), timedelta(hours=5)]
    raw = chain()
    await mesh.store.put_chains(
        [enriched(replace(raw, timestamp=first + after)) for after in (timedelta(0), *later)]
    )
    answer = await buildup(mesh, minutes=1440)
    assert to_datetime(answer.baseline_at) == first


async def test_without_an_earlier_chain_nothing_is_known(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain())])
    answer = await buildup(mesh, minutes=15)
    assert answer.baseline == pb.BUILDUP_BASELINE_WINDOW_START
    assert not answer.HasField("baseline_at")
    assert reasons(answer) == {"baseline_at": missing_pb2.MISSING_REASON_INSUFFICIENT_HISTORY}
    assert [each.call for each in answer.strikes] == [UNKNOWN] * 3
    assert not answer.strikes[0].HasField("call_oi_change")


async def test_another_expiry_is_no_baseline(mesh: Mesh) -> None:
    await mesh.store.put_chains(
        [
            enriched(chain(number=1, expiry=EXPIRY + timedelta(days=28))),
            enriched(chain(number=1200)),
        ]
    )
    answer = await buildup(mesh, minutes=15)
    assert not answer.HasField("baseline_at")


async def test_a_strike_that_was_not_listed_before_has_no_change(mesh: Mesh) -> None:
    before, now = chain(number=1), chain(number=1200)
    calls, puts = (Legs.from_table(side.table()[1:]) for side in (before.calls, before.puts))
    only_last_put = Legs.from_table(now.puts.table()[2:])
    await mesh.store.put_chains(
        [
            enriched(replace(before, calls=calls, puts=puts)),
            enriched(replace(now, puts=only_last_put)),
        ]
    )
    answer = await buildup(mesh, minutes=15)
    assert [(each.strike, each.call, each.put) for each in answer.strikes] == [
        (95.0, UNKNOWN, UNKNOWN),
        (100.0, NEUTRAL, UNKNOWN),
        (105.0, NEUTRAL, NEUTRAL),
    ]
    assert not answer.strikes[0].HasField("call_price_change")
    assert answer.strikes[1].call_price_change == 0.0


async def test_open_interest_on_one_side_makes_one_level(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain(put_oi=(0.0, 0.0, 0.0)))])
    answer = await buildup(mesh)
    assert answer.resistance == 105.0
    assert not answer.HasField("support")
    assert reasons(answer) == {"support": missing_pb2.MISSING_REASON_NO_OPEN_INTEREST_ON_SIDE}


NAMES = {
    LONG_BUILDUP: "long_buildup",
    SHORT_BUILDUP: "short_buildup",
    LONG_UNWINDING: "long_unwinding",
    SHORT_COVERING: "short_covering",
    NEUTRAL: "neutral",
}


@needs_shared_data
@pytest.mark.parametrize(
    "name", ["nse_banknifty_2021-05-17_close.json", "nse_nifty_2025-08-05_intraday.json"]
)
async def test_counts_of_real_chains_are_those_of_brute_force(mesh: Mesh, name: str) -> None:
    snapshot = read_snapshot(open_file(SHARED / name, SnapshotHints()))
    await mesh.store.put_products([snapshot.product])
    sequenced = [replace(each, sequence=n) for n, each in enumerate(snapshot.chains, start=1)]
    await mesh.store.put_chains([enriched(each) for each in sequenced])
    expected: dict[str, Any] = expected_numbers(name)["expiries"]
    for each in snapshot.chains:
        request = pb.GetOpenInterestBuildupRequest(
            product=snapshot.product.symbol, expiry=each.expiry.isoformat()
        )
        answer = await mesh.analytics.GetOpenInterestBuildup(request)
        counts = Counter(
            f"{side}:{NAMES[code]}"
            for strike in answer.strikes
            for side, code in (("CE", strike.call), ("PE", strike.put))
            if code != UNKNOWN
        )
        assert counts == expected[f"{each.expiry:%d-%b-%Y}"]["buildup_counts"]
