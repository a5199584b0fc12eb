"""The makes of client and the transports that every behaviour is tested with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
from tests.compatibility.node_client import node_client
from tests.compatibility.platform_under_test import Platform
from tests.compatibility.python_client import python_client
from tests.compatibility.socket_client import CONNECTED, SocketClient

_NODE_PACKAGES: Final = {
    "node 4.8": "socket.io-client",
    "node 4.5": "socket.io-client-4.5",
    "node 3.1": "socket.io-client-3",
}
_TRANSPORTS: Final = {
    "polling": ("polling",),
    "websocket": ("websocket",),
    "upgrade": ("polling", "websocket"),
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """A client, and how it connects."""

    client: str
    transport: str

    def __str__(self) -> str:
        return f"{self.client} {self.transport}"

    @property
    def final_transport(self) -> str:
        """What the client uses once it has connected as it likes."""
        return _TRANSPORTS[self.transport][-1]

    @asynccontextmanager
    async def connecting(self, url: str, auth: object = None) -> AsyncIterator[SocketClient]:
        """Have a client connect, which may be refused."""
        transports = _TRANSPORTS[self.transport]
        package = _NODE_PACKAGES.get(self.client)
        made: Any = node_client(package, transports) if package else python_client(transports)
        async with made as client:
            await client.connect(url, auth)
            yield client

    @asynccontextmanager
    async def connected(
        self, platform: Platform, *, url: str | None = None, token: str | None = None
    ) -> AsyncIterator[SocketClient]:
        """Have a client of the platform, past its `connected` event.

        Args:
            platform: whose.
            url: where it is reached, if not directly.
            token: who the client is; the platform's administrator if absent.
        """
        auth = {"token": token or platform.token}
        async with self.connecting(url or platform.url, auth) as client:
            await client.until(CONNECTED)
            yield client


WAYS: Final = [
    Way(client=client, transport=transport)
    for client in ("python", *_NODE_PACKAGES)
    for transport in _TRANSPORTS
]
every_way: Final = pytest.mark.parametrize("way", WAYS, ids=str)


@asynccontextmanager
async def all_connected(
    platform: Platform, *, token: str | None = None
) -> AsyncIterator[Mapping[Way, SocketClient]]:
    """Have a client of every way, at once."""
    async with AsyncExitStack() as stack:
        yield {
            way: await stack.enter_async_context(way.connected(platform, token=token))
            for way in WAYS
        }
