"""One HTTP request, and what came back from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from aiohttp import ClientSession, ClientTimeout
from google.protobuf.message import Message
from multidict import CIMultiDictProxy
from yarl import URL

_PATIENCE: Final = ClientTimeout(total=20)
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent to either side.

    Attributes:
        method: such as "GET".
        target: path and query as they stand on the wire.
        body: empty for none.
        headers: beside what a client sends by itself.
    """

    method: str = "GET"
    target: str
    body: bytes = b""
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one side made of a request.

    Attributes:
        status: the HTTP status.
        headers: as they came.
        body: as it came.
        asked: the request messages that services got.
    """

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    asked: tuple[Message, ...]

    @property
    def served(self) -> bool:
        """Whether a service was asked."""
        return bool(self.asked)


async def send(
    session: ClientSession, base: str, request: Request
) -> tuple[int, CIMultiDictProxy[str], bytes]:
    """Send a request with its target untouched, and return status, headers and body."""
    headers = {"Content-Type": JSON} if request.body else {}
    async with session.request(
        request.method,
        URL(base + request.target, encoded=True),
        # As bytes, a large body would be warned about.
        data=BytesIO(request.body) if request.body else None,
        headers={**headers, **(request.headers or {})},
        timeout=_PATIENCE,
        allow_redirects=False,
    ) as response:
        return response.status, response.headers, await response.read()
