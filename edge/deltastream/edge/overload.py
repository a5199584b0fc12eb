"""Refuses HTTP requests beyond what the edge takes on."""

import grpc
from aiohttp import web
from aiohttp.typedefs import Handler
from google.protobuf.descriptor import MethodDescriptor

from deltastream.edge.admission import Admission
from deltastream.edge.errors.status_response import headers_of, http_status_of
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.measures import REASON
from deltastream.edge.proto_json.encoding import to_json
from deltastream.runtime.telemetry.refusals import reason_of


def bounded(handler: Handler, admission: Admission, method: MethodDescriptor) -> Handler:
    """Return a handler of no more requests at a time than are let in.

    What is too much is answered at once, and with as little work as can be: the time of a busy
    edge goes into what it can finish.
    """
    refusal = admission.refusal
    http_status, body, headers = http_status_of(refusal), to_json(refusal), headers_of(refusal)
    reason = reason_of(refusal) or ""

    async def enter() -> bool:
        if method.server_streaming:
            # It waits for its service by itself, and tells its client so.
            return admission.enter_now()
        try:
            return await admission.enter()
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=method)) from error

    async def handle(request: web.Request) -> web.StreamResponse:
        if not await enter():
            response = web.Response(
                status=http_status, body=body, headers=headers, content_type="application/json"
            )
            response[REASON] = reason
            return response
        try:
            return await handler(request)
        finally:
            admission.leave()

    return handle
