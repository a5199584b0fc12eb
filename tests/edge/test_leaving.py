"""An edge that ends leaves its clients to its successor, and cuts no request off."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from aiohttp import web
from tests.fixtures.eventually import eventually

from deltastream.edge.listening import listening
from deltastream.edge.settings import EdgeSettings
from deltastream.runtime.concurrency import Concurrency, Limit

CLIENTS = 8
SUCCESSORS = 4


class Edge:
    """An application that answers, and counts."""

    def __init__(self) -> None:
        self.answered = 0
        self.limit = Limit(100, of="calls")
        self.concurrency = Concurrency(calls=self.limit, streams=Limit(1, of="streams"))

    async def answer(self, _: web.Request) -> web.Response:
        self.limit.admit()
        self.limit.release()
        self.answered += 1
        return web.Response(text="answer")

    @asynccontextmanager
    async def serving(self, listener: socket.socket) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/", self.answer)
        # As the supervisor hands it on: it goes on listening, whoever serves.
        settings = EdgeSettings(
            edge_listen="127.0.0.1:0",
            edge_socketio_listen="",
            edge_sockets=(f"127.0.0.1:0={os.dup(listener.fileno())}",),
        )
        async with listening(app, settings, self.concurrency):
            yield


def listening_socket() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=100)


def client(listener: socket.socket) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(f"http://127.0.0.1:{listener.getsockname()[1]}")


async def test_a_client_that_keeps_its_connection_is_told_to_open_another() -> None:
    with listening_socket() as listener:
        async with asyncio.timeout(30), AsyncExitStack() as stack, client(listener) as session:
            await stack.enter_async_context(Edge().serving(listener))
            async with session.post("/") as response:
                assert "Connection" not in response.headers
            leaving = asyncio.create_task(stack.pop_all().aclose())
            # One turn of the loop: it has begun to leave.
            await asyncio.sleep(0)
            async with session.post("/") as response:
                assert response.status == 200
                assert response.headers["Connection"] == "close"
            await leaving


async def test_no_request_fails_while_edges_follow_one_another() -> None:
    async def ask(session: aiohttp.ClientSession) -> None:
        # No pause, and a method that no HTTP client repeats by itself.
        while not done.is_set():
            async with session.post("/") as response:
                assert response.status == 200

    async def answered() -> int:
        return edge.answered

    done = asyncio.Event()
    edge = Edge()
    with listening_socket() as listener:
        async with asyncio.timeout(60), AsyncExitStack() as edges, client(listener) as session:
            await edges.enter_async_context(edge.serving(listener))
            async with asyncio.TaskGroup() as clients:
                for _ in range(CLIENTS):
                    clients.create_task(ask(session))
                for _ in range(SUCCESSORS):
                    await eventually(answered, (20).__le__)
                    predecessor = edges.pop_all()
                    edge = Edge()
                    await edges.enter_async_context(edge.serving(listener))
                    await predecessor.aclose()
                await eventually(answered, (20).__le__)
                done.set()
