"""Tells storage which products there are."""

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
    """Follow the catalog, and store every description in it, until cancelled."""
    stored: dict[str, Product] = {}
    while True:
        # First: others follow the catalog too, and what they have learned is not told again.
        await patiently(
            partial(_store_changes, catalog, storage, stored), event="products_not_stored_yet"
        )
        await patiently(
            partial(catalog.refresh, wait=_WAIT_SECONDS), event="products_not_known_yet"
        )


async def _store_changes(
    catalog: Catalog, storage: StorageServiceStub, stored: dict[str, Product]
) -> None:
    changed = {s: p for s, p in catalog.products.items() if stored.get(s) != p}
    if changed:
        products = [encode_product(product) for product in changed.values()]
        await storage.PutProducts(pb.PutProductsRequest(products=products))
        stored |= changed
