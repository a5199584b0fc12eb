"""A batch with a chain that cannot be is refused by its field, and changes nothing."""

import math
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.fixtures.chains import chain, enriched
from tests.fixtures.grpc_loopback import details_of, reason_of
from tests.fixtures.storage_role import storage_role
from tests.store.market_events import EVERYTHING

from deltastream.market.v1 import chain_pb2
from deltastream.ports.store import MarketStore
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@pytest.fixture
async def role(tmp_path: Path) -> AsyncIterator[tuple[StorageServiceStub, MarketStore]]:
    async with storage_role(tmp_path) as (channel, store):
        yield StorageServiceStub(channel), store


async def refused_fields(
    role: tuple[StorageServiceStub, MarketStore], request: pb.PutChainsRequest
) -> list[str]:
    """Put chains, and return the fields that are named in the refusal."""
    storage, store = role
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await storage.PutChains(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []
    (bad_request,) = [
        each for each in details_of(caught.value) if isinstance(each, error_details_pb2.BadRequest)
    ]
    assert all(violation.description for violation in bad_request.field_violations)
    return [violation.field for violation in bad_request.field_violations]


def sound_batch() -> pb.PutChainsRequest:
    chains = [encode_enriched(enriched(chain(number=number))) for number in (1, 2, 3)]
    return pb.PutChainsRequest(chains=chains)


Chain = chain_pb2.EnrichedChain


def set_bid(message: Chain, value: float) -> None:
    message.calls[2].bid = value


def swap_strikes(message: Chain) -> None:
    message.puts[0].strike, message.puts[1].strike = 2.0, 1.0


@pytest.mark.parametrize(
    ("break_", "field"),
    [
        pytest.param(lambda c: set_bid(c, 0.0), "chains[1].calls[2].bid", id="no price"),
        pytest.param(lambda c: set_bid(c, -1.0), "chains[1].calls[2].bid", id="negative"),
        pytest.param(lambda c: set_bid(c, math.nan), "chains[1].calls[2].bid", id="NaN"),
        pytest.param(lambda c: set_bid(c, math.inf), "chains[1].calls[2].bid", id="infinite"),
        pytest.param(
            lambda c: setattr(c.puts[0], "symbol", "NIFTY"), "chains[1].puts[0].symbol", id="symbol"
        ),
        pytest.param(lambda c: setattr(c, "product", "nifty"), "chains[1].product", id="product"),
        pytest.param(lambda c: setattr(c, "sequence", 0), "chains[1].sequence", id="sequence"),
        pytest.param(lambda c: c.ClearField("timestamp"), "chains[1].timestamp", id="no time"),
        pytest.param(lambda c: setattr(c, "expiry", "2026-1-27"), "chains[1].expiry", id="no date"),
        pytest.param(lambda c: setattr(c, "expiry", "2026-02-30"), "chains[1].expiry", id="no day"),
        pytest.param(swap_strikes, "chains[1].puts", id="strikes descend"),
        pytest.param(
            lambda c: setattr(c.timestamp, "seconds", 2**55), "chains[1]", id="no such time"
        ),
    ],
)
async def test_a_chain_that_cannot_be_is_named(
    role: tuple[StorageServiceStub, MarketStore], break_: Callable[[Chain], Any], field: str
) -> None:
    request = sound_batch()
    break_(request.chains[1])
    assert set(await refused_fields(role, request)) == {field}


async def test_all_that_breaks_a_rule_is_named_at_once(
    role: tuple[StorageServiceStub, MarketStore],
) -> None:
    request = sound_batch()
    request.chains[0].calls[0].ask = -1.0
    request.chains[2].product = ""
    assert await refused_fields(role, request) == ["chains[0].calls[0].ask", "chains[2].product"]


async def test_what_cannot_be_decoded_hides_nothing_that_breaks_a_rule(
    role: tuple[StorageServiceStub, MarketStore],
) -> None:
    request = sound_batch()
    swap_strikes(request.chains[0])
    request.chains[1].expiry = "tomorrow"
    request.chains[2].sequence = 0
    named = await refused_fields(role, request)
    assert named == ["chains[1].expiry", "chains[2].sequence"]


async def test_a_batch_has_a_size(role: tuple[StorageServiceStub, MarketStore]) -> None:
    assert await refused_fields(role, pb.PutChainsRequest()) == ["chains"]
    chains = list(sound_batch().chains) * 167
    assert await refused_fields(role, pb.PutChainsRequest(chains=chains)) == ["chains"]


async def test_a_sequence_beyond_64_signed_bits_is_named(
    role: tuple[StorageServiceStub, MarketStore],
) -> None:
    request = sound_batch()
    request.chains[1].sequence = 2**63
    assert await refused_fields(role, request) == ["sequence"]
