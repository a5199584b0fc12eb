"""Serves widgets.json and apps.json, which are what OpenBB Workspace asks a backend for first."""

from typing import Any, Final

import grpc
import orjson
from aiohttp import web

from deltastream.edge.answers import Answer
from deltastream.edge.credentials import Credentials
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.methods import LIST_PRODUCTS
from deltastream.edge.tables.openbb.apps import TABS, apps_of
from deltastream.edge.tables.openbb.widgets import widgets_of
from deltastream.edge.transcoder.call_options import metadata_of
from deltastream.edge.transcoder.unary_call import UnaryCall
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest, ListProductsResponse

_ASK_SECONDS: Final = 1.0


class OpenBbDocuments:
    """Writes both for whoever asks, with the first product that they may see as the usual one.

    Who may see none, or asks while storage is away, gets them as well: a product can be chosen
    later.

    Args:
        storage: leads to storage.
        credentials: of callers.
    """

    def __init__(self, storage: grpc.aio.Channel, credentials: Credentials) -> None:
        self._products = UnaryCall(LIST_PRODUCTS, storage)
        self._credentials = credentials

    async def widgets(self, request: web.Request) -> Answer:
        """Return widgets.json."""
        return _json(widgets_of(TABLES, product=await self._first_product(request)))

    async def apps(self, request: web.Request) -> Answer:
        """Return apps.json."""
        return _json(apps_of(TABS, product=await self._first_product(request)))

    async def _first_product(self, request: web.Request) -> str | None:
        try:
            metadata = await metadata_of(request, self._credentials)
            content = await self._products.content(
                ListProductsRequest(), seconds=_ASK_SECONDS, metadata=metadata
            )
        except StatusError:
            return None
        return next(iter(ListProductsResponse.FromString(content).products), None)


def _json(document: Any) -> Answer:
    return Answer(orjson.dumps(document))
