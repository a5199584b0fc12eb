"""Puts the tables on an aiohttp application."""

from collections.abc import Mapping
from typing import Final

import grpc
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from google.protobuf.descriptor import MethodDescriptor

from deltastream.edge.admission import Admission
from deltastream.edge.answers import Answer
from deltastream.edge.credentials import Credentials
from deltastream.edge.overload import bounded
from deltastream.edge.representations import represented
from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.handler import TableHandler
from deltastream.edge.tables.index import index_of
from deltastream.edge.tables.methods import GET_PUT_CALL_RATIO, LIST_PRODUCTS
from deltastream.edge.tables.nearest import NearestExpiry
from deltastream.edge.tables.openbb.documents import OpenBbDocuments
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.edge.transcoder.unary_call import UnaryCall
from deltastream.runtime.concurrency import Concurrency

_INDEX: Final = "/api/tables"
_LONGEST_NAME: Final = 64


def add_tables(
    app: web.Application,
    *,
    channels: Mapping[str, grpc.aio.Channel],
    limits: CallLimits,
    concurrency: Concurrency | None,
    credentials: Credentials,
) -> None:
    """Serve the tables, their index, and what OpenBB Workspace asks a backend for.

    Args:
        app: what to put the routes on, as it is for `add_routes`.
        channels: by full name of a service.
        limits: how long to wait.
        concurrency: how many requests are taken on at once; None for any number.
        credentials: of callers.
    """
    nearest = NearestExpiry(_channel(channels, GET_PUT_CALL_RATIO))
    for table in TABLES:
        channel = _channel(channels, table.method)
        handler: Handler = represented(
            TableHandler(
                table,
                call=UnaryCall(table.method, channel),
                nearest=nearest,
                limits=limits,
                credentials=credentials,
            ).answer,
            secret=False,
            for_anybody=False,
        )
        if concurrency is not None:
            admission = Admission(concurrency, channel, streaming=False)
            handler = bounded(handler, admission, table.method)
        app.router.add_get(table.path, handler)
    app.router.add_get(_INDEX, represented(_index, secret=False))
    app.router.add_get(f"{_INDEX}/{{name}}", _unknown)
    documents = OpenBbDocuments(_channel(channels, LIST_PRODUCTS), credentials)
    for path, document in (
        ("/widgets.json", documents.widgets),
        ("/apps.json", documents.apps),
    ):
        app.router.add_get(path, represented(document, secret=False, for_anybody=False))


def _channel(
    channels: Mapping[str, grpc.aio.Channel], method: MethodDescriptor
) -> grpc.aio.Channel:
    return channels[method.containing_service.full_name]


async def _index(_: web.Request) -> Answer:
    return Answer(orjson.dumps(index_of(TABLES)))


async def _unknown(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"][:_LONGEST_NAME]
    known = ", ".join(table.name for table in TABLES)
    raise web.HTTPNotFound(text=f"there is no table {name}; there are {known}")
