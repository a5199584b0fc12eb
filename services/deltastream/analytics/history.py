"""Stored chains, read from StorageService."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import grpc

from deltastream.domain.events import EnrichedChain
from deltastream.runtime.codec.chains import decode_enriched
from deltastream.runtime.codec.moments import to_date, to_timestamp
from deltastream.runtime.deadline import remaining
from deltastream.runtime.remote import domain_error_of
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_SECONDS: Final = 10.0


class StorageHistory:
    """ChainHistory over gRPC. What storage says is missing is missing here, in the same words."""

    def __init__(self, storage: StorageServiceStub) -> None:
        self._storage = storage

    async def expiries(self, product: str) -> Sequence[date]:
        """Return the expiries that have chains, ascending."""
        request = pb.ListExpiriesRequest(product=product)
        try:
            response = await self._storage.ListExpiries(request, timeout=remaining(_SECONDS))
        except grpc.aio.AioRpcError as error:
            raise _meaning(error) from error
        return [to_date(text) for text in response.expiries]

    async def latest(self, product: str, expiry: date | None) -> EnrichedChain | None:
        """Return the newest chain, with legs, of one expiry or of all."""
        request = pb.ListChainsRequest(
            product=product, expiry="" if expiry is None else expiry.isoformat(), page_size=1
        )
        chains = await self._chains(request)
        return chains[0] if chains else None

    async def summaries(
        self,
        product: str,
        expiry: date,
        *,
        start: datetime | None,
        end: datetime | None,
        limit: int,
    ) -> Sequence[EnrichedChain]:
        """Return the newest chains of an expiry without legs, oldest first."""
        request = pb.ListChainsRequest(
            product=product,
            expiry=expiry.isoformat(),
            start=None if start is None else to_timestamp(start),
            end=None if end is None else to_timestamp(end),
            page_size=limit,
            view=pb.CHAIN_VIEW_SUMMARY,
        )
        return list(reversed(await self._chains(request)))

    async def _chains(self, request: pb.ListChainsRequest) -> list[EnrichedChain]:
        try:
            response = await self._storage.ListChains(request, timeout=remaining(_SECONDS))
        except grpc.aio.AioRpcError as error:
            raise _meaning(error) from error
        return [decode_enriched(chain) for chain in response.chains]


def _meaning(error: grpc.aio.AioRpcError) -> Exception:
    return domain_error_of(error, dependency="storage") or error
