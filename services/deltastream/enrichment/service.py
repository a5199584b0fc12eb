"""EnrichmentService: market data and what it means."""

from collections.abc import AsyncIterator

from deltastream.domain.figures import PricingConvention
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.streams import EnrichmentStreams
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer
from deltastream.runtime.interceptors.base import Context


class EnrichmentServicer(EnrichmentServiceServicer):
    """Translates between the contract and enrichment.

    Dead letters are part of the contract and not offered yet.
    """

    def __init__(self, *, streams: EnrichmentStreams, enricher: Enricher) -> None:
        self._streams = streams
        self._enricher = enricher

    async def StreamTicks(
        self, request: pb.StreamTicksRequest, context: Context
    ) -> AsyncIterator[pb.StreamTicksResponse]:
        """Stream ticks that enrichment has passed on."""
        async for response in self._streams.ticks.serve(request):
            yield response

    async def StreamChains(
        self, request: pb.StreamChainsRequest, context: Context
    ) -> AsyncIterator[pb.StreamChainsResponse]:
        """Stream enriched chains."""
        async for response in self._streams.chains.serve(request):
            yield response

    async def StreamCandles(
        self, request: pb.StreamCandlesRequest, context: Context
    ) -> AsyncIterator[pb.StreamCandlesResponse]:
        """Stream candles as they form, settle and are revised."""
        async for response in self._streams.candles.serve(request):
            yield response

    async def EnrichChain(
        self, request: pb.EnrichChainRequest, context: Context
    ) -> pb.EnrichChainResponse:
        """Enrich one chain for its caller alone."""
        enriched = self._enricher.enrich_chain(
            request.chain,
            convention=PricingConvention(request.convention) if request.convention else None,
            rate=request.rate if request.HasField("rate") else None,
            contract_size=request.contract_size if request.HasField("contract_size") else None,
        )
        return pb.EnrichChainResponse(chain=enriched)
