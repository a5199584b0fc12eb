"""EnrichmentService: market data and what it means."""

from collections.abc import AsyncIterator
from typing import Final

from deltastream.domain.figures import PricingConvention
from deltastream.enrichment.enricher import Enricher
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.replay import Replay
from deltastream.enrichment.status import EnrichmentStatus
from deltastream.enrichment.streams import EnrichmentStreams
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceServicer
from deltastream.runtime.interceptors.base import Context

_DEFAULT_PAGE: Final = 100


class EnrichmentServicer(EnrichmentServiceServicer):
    """Translates between the contract and enrichment."""

    def __init__(
        self,
        *,
        streams: EnrichmentStreams,
        enricher: Enricher,
        status: EnrichmentStatus,
        letters: LetterBox,
        replay: Replay,
    ) -> None:
        self._streams = streams
        self._enricher = enricher
        self._status = status
        self._letters = letters
        self._replay = replay

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

    async def GetEnrichmentStatus(
        self, request: pb.GetEnrichmentStatusRequest, context: Context
    ) -> pb.GetEnrichmentStatusResponse:
        """Say which replica enriches what."""
        return await self._status.describe()

    async def ListDeadLetters(
        self, request: pb.ListDeadLettersRequest, context: Context
    ) -> pb.ListDeadLettersResponse:
        """List dead letters, oldest first, without their payloads."""
        size = request.page_size or _DEFAULT_PAGE
        letters, token = await self._letters.page(size, request.page_token)
        return pb.ListDeadLettersResponse(dead_letters=letters, next_page_token=token)

    async def GetDeadLetter(
        self, request: pb.GetDeadLetterRequest, context: Context
    ) -> pb.GetDeadLetterResponse:
        """Return one dead letter with its payload."""
        return pb.GetDeadLetterResponse(dead_letter=await self._letters.get(request.id))

    async def ReplayDeadLetters(
        self, request: pb.ReplayDeadLettersRequest, context: Context
    ) -> pb.ReplayDeadLettersResponse:
        """Try dead letters once more."""
        done = await self._replay.replay(request.ids)
        return pb.ReplayDeadLettersResponse(
            replayed=done.count,
            failures=[pb.ReplayFailure(id=one, error=text) for one, text in done.errors.items()],
        )

    async def PurgeDeadLetters(
        self, request: pb.PurgeDeadLettersRequest, context: Context
    ) -> pb.PurgeDeadLettersResponse:
        """Delete dead letters for good."""
        if request.all:
            return pb.PurgeDeadLettersResponse(purged=await self._letters.clear())
        return pb.PurgeDeadLettersResponse(purged=await self._letters.remove(request.ids))
