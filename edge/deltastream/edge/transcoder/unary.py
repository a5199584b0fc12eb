"""A unary method over HTTP: one request, one answer."""

import grpc
from aiohttp import web

from deltastream.edge.answers import Answer, Answers, answer_of
from deltastream.edge.contract import codec_of, is_secret, path_of
from deltastream.edge.credentials import Credentials
from deltastream.edge.reading.request_reader import RequestReader
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, unary_timeout
from deltastream.edge.transcoder.http_rule import Binding
from deltastream.edge.transcoder.unary_call import UnaryCall


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
        self._credentials = credentials.of_callers_of(path_of(binding.method))
        self._limits = limits
        self._reader = RequestReader(binding, body_timeout=limits.body_timeout)
        self._call = UnaryCall(binding.method, channel)
        self._answer_of = answer_of if is_secret(binding.method) else answers.of
        self._read = codec_of(binding.method)["response_deserializer"]

    async def answer(self, request: web.Request) -> Answer:
        """Return the answer to a request.

        Raises:
            RequestError: the request does not fit the method.
            StatusError: the call failed.
        """
        message = await self._reader.read(request)
        seconds = unary_timeout(request, self._limits)
        metadata = await metadata_of(request, self._credentials)
        content = await self._call.content(message, seconds=seconds, metadata=metadata)
        return self._answer_of(content, self._read)
