"""A batch with a tick that cannot be is refused by its field, and changes nothing."""

import math
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.fixtures.grpc_loopback import details_of, reason_of
from tests.fixtures.storage_role import storage_role
from tests.store.market_events import EVERYTHING, tick

from deltastream.market.v1 import tick_pb2
from deltastream.ports.store import MarketStore
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

Role = tuple[StorageServiceStub, MarketStore]
Tick = tick_pb2.UnderlyingTick


@pytest.fixture
async def role(tmp_path: Path) -> AsyncIterator[Role]:
    async with storage_role(tmp_path) as (channel, store):
        yield StorageServiceStub(channel), store


def sound_batch() -> pb.PutTicksRequest:
    return pb.PutTicksRequest(ticks=[encode_tick(tick(number)) for number in (1, 2, 3)])


async def refused_fields(role: Role, request: pb.PutTicksRequest) -> list[str]:
    """Put ticks, and return the fields that are named in the refusal."""
    storage, store = role
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.PutTicks(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
    assert await store.ticks("NIFTY", EVERYTHING) == []
    (bad_request,) = [
        each for each in details_of(caught.value) if isinstance(each, error_details_pb2.BadRequest)
    ]
    assert all(violation.description for violation in bad_request.field_violations)
    return [violation.field for violation in bad_request.field_violations]


@pytest.mark.parametrize(
    ("break_", "field"),
    [
        pytest.param(lambda t: setattr(t, "price", 0.0), "ticks[1].price", id="no price"),
        pytest.param(lambda t: setattr(t, "price", math.nan), "ticks[1].price", id="NaN"),
        pytest.param(lambda t: setattr(t, "price", math.inf), "ticks[1].price", id="infinite"),
        pytest.param(lambda t: setattr(t, "volume", -1.0), "ticks[1].volume", id="negative"),
        pytest.param(lambda t: setattr(t, "volume", math.nan), "ticks[1].volume", id="NaN volume"),
        pytest.param(lambda t: setattr(t, "product", "nifty"), "ticks[1].product", id="product"),
        pytest.param(lambda t: setattr(t, "sequence", 0), "ticks[1].sequence", id="sequence"),
        pytest.param(lambda t: t.ClearField("timestamp"), "ticks[1].timestamp", id="no time"),
        pytest.param(
            lambda t: setattr(t.timestamp, "seconds", 2**55), "ticks[1]", id="no such time"
        ),
        pytest.param(
            lambda t: setattr(t.processed_at, "seconds", -(2**40)), "ticks[1]", id="before all time"
        ),
    ],
)
async def test_a_tick_that_cannot_be_is_named(
    role: Role, break_: Callable[[Tick], Any], field: str
) -> None:
    request = sound_batch()
    break_(request.ticks[1])
    assert set(await refused_fields(role, request)) == {field}


@pytest.mark.parametrize("seconds", [-1, 0])
async def test_a_tick_of_long_ago_is_none_that_cannot_be(role: Role, seconds: int) -> None:
    storage, store = role
    request = sound_batch()
    for message in request.ticks:
        message.timestamp.seconds = message.processed_at.seconds = seconds
    assert (await storage.PutTicks(request)).stored == 3
    stored = await store.ticks("NIFTY", EVERYTHING)
    assert sorted(each.sequence for each in stored) == [1, 2, 3]
    assert {each.timestamp.timestamp() for each in stored} == {seconds}


async def test_what_cannot_be_decoded_hides_nothing_that_breaks_a_rule(role: Role) -> None:
    request = sound_batch()
    request.ticks[0].timestamp.seconds = 2**55
    request.ticks[1].price = -1.0
    request.ticks[2].product = ""
    assert await refused_fields(role, request) == ["ticks[1].price", "ticks[2].product"]


async def test_a_batch_has_a_size(role: Role) -> None:
    assert await refused_fields(role, pb.PutTicksRequest()) == ["ticks"]
    ticks = [encode_tick(tick(1))] * 10_001
    assert await refused_fields(role, pb.PutTicksRequest(ticks=ticks)) == ["ticks"]
