"""EnrichChain: one chain, for its caller alone."""

from collections.abc import AsyncIterator

import grpc
import pytest
from tests.fixtures.chains import chain
from tests.fixtures.grpc_loopback import loopback, reason_of

from deltastream.adapters.bus.choose import open_bus
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.domain.session import MarketSession
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.service import EnrichmentServicer
from deltastream.enrichment.streams import open_streams
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import (
    EnrichmentServiceStub,
    add_EnrichmentServiceServicer_to_server,
)
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.codec.chains import encode_chain


@pytest.fixture
async def enrichment() -> AsyncIterator[EnrichmentServiceStub]:
    bus = open_bus("memory:")
    streams = open_streams(bus, Catalog(bus), session=lambda products: MarketSession.UNKNOWN)
    servicer = EnrichmentServicer(
        streams=streams, enricher=Enricher(products={}, policy=PricingPolicy(), clock=utc_now)
    )
    async with loopback(
        lambda server: add_EnrichmentServiceServicer_to_server(servicer, server),
        service="deltastream.enrichment.v1.EnrichmentService",
    ) as channel:
        yield EnrichmentServiceStub(channel)
    await bus.close()


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


@pytest.mark.parametrize("method", ["ListDeadLetters", "ReplayDeadLetters"])
async def test_what_a_later_version_offers_is_unimplemented(
    enrichment: EnrichmentServiceStub, method: str
) -> None:
    request = getattr(pb, f"{method}Request")()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(enrichment, method)(request)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert reason_of(caught.value) == "NOT_IMPLEMENTED"
