"""Tells storage which products there are."""

import asyncio
from functools import partial
from typing import Final

from deltastream.domain.instruments import Product
from deltastream.runtime.backoff import patiently
from deltastream.runtime.catalog import Catalog
from deltastream.runtime.codec.products import encode_product
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_WAIT_SECONDS: Final = 1.0


async def follow_catalog(catalog: Catalog, storage: StorageServiceStub) -> None:
    """Follow the catalog, and store every description in it, until cancelled.

    Nobody waits for a storage that is away to learn of a product.
    """
    news = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_learn(catalog, news))
        group.create_task(_tell(catalog, storage, news))


async def _learn(catalog: Catalog, news: asyncio.Event) -> None:
    while True:
        # First: others follow the catalog too, and what they have learned is not read again.
        news.set()
        await patiently(
            partial(catalog.refresh, wait=_WAIT_SECONDS), event="products_not_known_yet"
        )


async def _tell(catalog: Catalog, storage: StorageServiceStub, news: asyncio.Event) -> None:
    stored: dict[str, Product] = {}
    while True:
        await news.wait()
        news.clear()
        await patiently(
            partial(_store_changes, catalog, storage, stored), event="products_not_stored_yet"
        )


async def _store_changes(
    catalog: Catalog, storage: StorageServiceStub, stored: dict[str, Product]
) -> None:
    changed = {s: p for s, p in catalog.products.items() if stored.get(s) != p}
    if changed:
        products = [encode_product(product) for product in changed.values()]
        await storage.PutProducts(pb.PutProductsRequest(products=products))
        stored |= changed
