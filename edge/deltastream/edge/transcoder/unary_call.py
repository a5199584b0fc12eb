"""One call of a unary method, made for a request over HTTP."""

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from deltastream.edge.contract import codec_of, path_of
from deltastream.edge.credentials import Metadata
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.runtime.patience import PATIENCE_SECONDS, until_ready
from deltastream.runtime.telemetry.traced_channel import calling

Call = grpc.aio.UnaryUnaryMultiCallable[Message, bytes]


class UnaryCall:
    """Calls one method. It answers bytes: what they say is often known.

    Args:
        method: which one.
        channel: leads to its service.
    """

    def __init__(self, method: MethodDescriptor, channel: grpc.aio.Channel) -> None:
        self._method = method
        self._path = path_of(method)
        self._channel = channel
        self._call: Call = channel.unary_unary(
            self._path, request_serializer=codec_of(method)["request_serializer"]
        )

    async def content(self, message: Message, *, seconds: float, metadata: Metadata) -> bytes:
        """Return what the method answers. Who is cancelled cancels the call.

        Args:
            message: the request.
            seconds: the longest that it may take.
            metadata: says who is calling.

        Raises:
            StatusError: the call failed.
        """
        try:
            # While a request's body was read, say, the service may have gone.
            await until_ready(self._channel, seconds=min(seconds, PATIENCE_SECONDS))
            with calling(self._path) as trace:
                return await self._ask(message, seconds, (*metadata, *trace))
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=self._method)) from error

    async def _ask(self, message: Message, seconds: float, metadata: Metadata) -> bytes:
        call = self._call(message, timeout=seconds, metadata=metadata)
        try:
            content: bytes = await call
        finally:
            call.cancel()
        return content
