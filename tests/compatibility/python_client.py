"""The client of python-socketio."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio
from tests.compatibility.socket_client import (
    CONNECT,
    CONNECT_ERROR,
    DEADLINE,
    DISCONNECT,
    SocketClient,
)


class PythonClient(SocketClient):
    """Runs in this process."""

    def __init__(self, transports: Sequence[str], session: aiohttp.ClientSession) -> None:
        super().__init__()
        self._transports = list(transports)
        self.client: Any = socketio.AsyncClient(
            reconnection_delay=0.1,
            reconnection_delay_max=0.5,
            handle_sigint=False,
            # It does not close all of its own.
            http_session=session,
        )
        self.client.on("*", self._hear)
        self.client.on("connect", lambda: self._hear(CONNECT))
        self.client.on("disconnect", lambda reason: self._hear(DISCONNECT, reason))
        self.client.on("connect_error", lambda error: self._hear(CONNECT_ERROR, error))

    async def connect(self, url: str, auth: object) -> None:
        await self.client.connect(url, auth=auth, transports=self._transports, wait=False)

    async def request(self, event: str, *arguments: object) -> Any:
        return await self.client.call(event, arguments, timeout=DEADLINE)

    async def transport(self) -> str:
        return str(self.client.transport())


@asynccontextmanager
async def python_client(transports: Sequence[str]) -> AsyncIterator[PythonClient]:
    """Make a client, and end it after the block."""
    async with aiohttp.ClientSession() as session:
        made = PythonClient(transports, session)
        try:
            yield made
        finally:
            async with asyncio.timeout(DEADLINE):
                # The one ends a transport on which it was refused, the other that it comes back.
                await made.client.disconnect()
                await made.client.shutdown()
