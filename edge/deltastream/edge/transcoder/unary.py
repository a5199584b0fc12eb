"""A unary method over HTTP: one request, one answer."""

import grpc
from aiohttp import web

from deltastream.edge.contract import codec_of, path_of
from deltastream.edge.credentials import Credentials
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.reading.request_reader import RequestReader
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, stated_timeout
from deltastream.edge.transcoder.http_rule import Binding


class UnaryHandler:
    """Answers the requests of one binding by calling its method.

    A client that goes away cancels the call.

    Args:
        binding: what the requests stand for.
        channel: leads to the service.
        limits: how long to wait.
        credentials: of its callers.
    """

    def __init__(
        self,
        binding: Binding,
        channel: grpc.aio.Channel,
        limits: CallLimits,
        credentials: Credentials,
    ) -> None:
        self._method = binding.method
        self._credentials = credentials.of_callers_of(path_of(binding.method))
        self._limits = limits
        self._reader = RequestReader(binding, body_timeout=limits.body_timeout)
        self._call = channel.unary_unary(path_of(binding.method), **codec_of(binding.method))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request.

        Raises:
            RequestError: the request does not fit the method.
            StatusError: the call failed.
        """
        message = await self._reader.read(request)
        timeout = self._timeout_of(request)
        metadata = await metadata_of(request, self._credentials)
        call = self._call(message, timeout=timeout, metadata=metadata)
        try:
            answer = await call
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=self._method)) from error
        finally:
            call.cancel()
        return web.Response(body=to_json(answer), content_type="application/json")

    def _timeout_of(self, request: web.Request) -> float:
        stated = stated_timeout(request)
        if stated is None:
            return self._limits.unary_timeout
        return min(stated, self._limits.longest_timeout)
