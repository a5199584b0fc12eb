"""EnrichmentService: market data and what it means."""

from collections.abc import AsyncIterator

from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.streams import EnrichmentStreams
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer
from deltastream.runtime.interceptors.base import Context


class EnrichmentServicer(EnrichmentServiceServicer):
    """Translates between the contract and enrichment.

    Candles and dead letters are part of the contract and not offered yet.
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

    async def EnrichChain(
        self, request: pb.EnrichChainRequest, context: Context
    ) -> pb.EnrichChainResponse:
        """Enrich one chain for its caller alone."""
        return pb.EnrichChainResponse(chain=self._enricher.enrich_chain(request.chain))
