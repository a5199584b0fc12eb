"""Reads an HTTP request as the request message of one binding."""

import asyncio
from typing import Final

import grpc
from aiohttp import web
from google.protobuf.message import Message

from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.edge.reading.request_binding import RequestBinder
from deltastream.edge.reading.url_text import check_escapes
from deltastream.edge.transcoder.http_rule import Binding, variables_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_PATTERNS: Final = {"*": "[^/]+", "**": ".+"}


class RequestReader:
    """Reads the requests of one binding.

    Args:
        binding: what they stand for.
        body_timeout: how long the whole body may take, in seconds.
    """

    def __init__(self, binding: Binding, *, body_timeout: float) -> None:
        self._binding = binding
        self._binder = RequestBinder(binding)
        self._body_timeout = body_timeout

    async def read(self, request: web.Request) -> Message:
        """Return the request message.

        Raises:
            RequestError: something in the request does not fit the message.
            StatusError: the body takes too long.
        """
        check_escapes(request.raw_path)
        body = await self._body_of(request) if self._binding.takes_body else b""
        return self._binder.bind(
            variables={
                name: request.match_info[_group_of(name)] for name in self._binding.variables
            },
            query=request.query.items(),
            body=body,
        )

    async def _body_of(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._body_timeout):
                return await request.read()
        except TimeoutError:
            status = status_of(
                grpc.StatusCode.DEADLINE_EXCEEDED,
                ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
                f"the body did not arrive within {self._body_timeout:g} s",
            )
            raise StatusError(status, http_status=web.HTTPRequestTimeout.status_code) from None


def router_path_of(template: str) -> str:
    """Return a path template of the contract as aiohttp's router writes it.

    "/api/data/chain/{product}" becomes "/api/data/chain/{product:[^/]+}".
    """
    path = template
    for name, pattern in variables_of(template):
        regex = "/".join(_PATTERNS.get(part, part) for part in pattern.split("/"))
        group = f"{{{_group_of(name)}:{regex}}}"
        path = path.replace(f"{{{name}}}", group).replace(f"{{{name}={pattern}}}", group)
    return path


def _group_of(variable: str) -> str:
    return variable.replace(".", "__")
