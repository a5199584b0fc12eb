"""A unary method over HTTP: one request, one answer."""

import grpc
from aiohttp import web
from google.protobuf.message import Message

from deltastream.edge.answers import Answer, Answers, answer_of
from deltastream.edge.contract import codec_of, is_secret, path_of
from deltastream.edge.credentials import Credentials, Metadata
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.reading.request_reader import RequestReader
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, stated_timeout
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.runtime.patience import PATIENCE_SECONDS, until_ready
from deltastream.runtime.telemetry.traced_channel import calling

Call = grpc.aio.UnaryUnaryMultiCallable[Message, bytes]


class UnaryHandler:
    """Answers the requests of one binding by calling its method.

    A client that goes away cancels the call.

    Args:
        binding: what the requests stand for.
        channel: leads to the service.
        limits: how long to wait.
        credentials: of its callers.
        answers: makes the answers, but those that nobody may keep.
    """

    def __init__(
        self,
        binding: Binding,
        channel: grpc.aio.Channel,
        limits: CallLimits,
        credentials: Credentials,
        answers: Answers,
    ) -> None:
        self._method = binding.method
        self._path = path_of(binding.method)
        self._credentials = credentials.of_callers_of(self._path)
        self._limits = limits
        self._reader = RequestReader(binding, body_timeout=limits.body_timeout)
        self._channel = channel
        self._answer_of = answer_of if is_secret(binding.method) else answers.of
        codec = codec_of(binding.method)
        self._read = codec["response_deserializer"]
        # It answers bytes: what they say is often known.
        self._call: Call = channel.unary_unary(
            self._path, request_serializer=codec["request_serializer"]
        )

    async def answer(self, request: web.Request) -> Answer:
        """Return the answer to a request.

        Raises:
            RequestError: the request does not fit the method.
            StatusError: the call failed.
        """
        message = await self._reader.read(request)
        timeout = self._timeout_of(request)
        metadata = await metadata_of(request, self._credentials)
        try:
            # While its body was read, say, the service may have gone.
            await until_ready(self._channel, seconds=min(timeout, PATIENCE_SECONDS))
            with calling(self._path) as trace:
                content = await self._ask(message, timeout, (*metadata, *trace))
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=self._method)) from error
        return self._answer_of(content, self._read)

    async def _ask(self, message: Message, timeout: float, metadata: Metadata) -> bytes:  # noqa: ASYNC109 - the call's own
        call = self._call(message, timeout=timeout, metadata=metadata)
        try:
            content: bytes = await call
        finally:
            call.cancel()
        return content

    def _timeout_of(self, request: web.Request) -> float:
        stated = stated_timeout(request)
        if stated is None:
            return self._limits.unary_timeout
        return min(stated, self._limits.longest_timeout)
