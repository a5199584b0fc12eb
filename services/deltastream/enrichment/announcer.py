"""Tells storage which products there are."""

import asyncio
from typing import Final

import grpc

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.domain.instruments import Product
from deltastream.log_library import structlog
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.products import encode_product
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_log = structlog.get_logger()
_WAIT_SECONDS: Final = 1.0


async def follow_catalog(catalog: Catalog, storage: StorageServiceStub) -> None:
    """Follow the catalog, and store every description in it, until cancelled."""
    stored: dict[str, Product] = {}
    while True:
        try:
            await catalog.refresh(wait=_WAIT_SECONDS)
            await _store_changes(catalog, storage, stored)
        except (DependencyUnavailableError, grpc.aio.AioRpcError) as error:
            _log.warning("products_not_stored_yet", error=type(error).__name__)
            await asyncio.sleep(_WAIT_SECONDS)


async def _store_changes(
    catalog: Catalog, storage: StorageServiceStub, stored: dict[str, Product]
) -> None:
    changed = {s: p for s, p in catalog.products.items() if stored.get(s) != p}
    if changed:
        products = [encode_product(product) for product in changed.values()]
        await storage.PutProducts(pb.PutProductsRequest(products=products))
        stored |= changed
