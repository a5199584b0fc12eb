"""EnrichChain: one chain, for its caller alone."""

from collections.abc import AsyncIterator

import grpc
import pytest
from tests.enrichment.bench import Bench
from tests.enrichment.served import served
from tests.fixtures.chains import chain
from tests.fixtures.grpc_loopback import reason_of

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceStub,
)
from deltastream.runtime.codec.chains import encode_chain


@pytest.fixture
async def enrichment(bench: Bench) -> AsyncIterator[EnrichmentServiceStub]:
    async with served(bench) as stub:
        yield stub


async def test_a_chain_comes_back_with_what_it_means(enrichment: EnrichmentServiceStub) -> None:
    raw = encode_chain(chain())
    answer = await enrichment.EnrichChain(pb.EnrichChainRequest(chain=raw))
    assert answer.chain.pcr_oi == pytest.approx(1.0)
    assert answer.chain.max_pain_strike == 100.0
    assert [(leg.symbol, leg.bid) for leg in answer.chain.puts] == [
        (leg.symbol, leg.bid) for leg in raw.puts
    ]
    assert all(leg.HasField("iv") for leg in answer.chain.puts)
    assert answer.chain.HasField("processed_at")


async def test_a_chain_without_meaning_is_refused_by_name(
    enrichment: EnrichmentServiceStub,
) -> None:
    raw = encode_chain(chain())
    raw.puts[0].strike = 1e6
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await enrichment.EnrichChain(pb.EnrichChainRequest(chain=raw))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(caught.value) == "VALIDATION_FAILED"
    assert "puts" in str(caught.value.details())
