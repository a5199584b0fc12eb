"""The edge and a grpc-gateway before the same services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import grpc
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer
from tests.gateway.exchange import Answer, Request, send
from tests.gateway.gateway_process import running_gateway
from tests.gateway.probe import probe_service
from tests.gateway.scripted_services import Script, scripted_services

from deltastream.edge.contract import SERVICES
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.transcoder.routes import add_routes

BODY_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, and what both sides made of it."""

    request: Request
    edge: Answer
    gateway: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class BothSides:
    """Asks both.

    Attributes:
        script: what the services answer.
    """

    script: Script
    edge: str
    gateway: str
    session: ClientSession

    async def ask(self, request: Request) -> Exchange:
        """Send a request to the edge, and then to the gateway."""
        return Exchange(
            request=request,
            edge=await self._ask(self.edge, request),
            gateway=await self._ask(self.gateway, request),
        )

    async def _ask(self, base: str, request: Request) -> Answer:
        self.script.take_asked()
        status, headers, body = await send(self.session, base, request)
        asked = self.script.take_asked()
        return Answer(status=status, headers=headers, body=body, asked=asked)


@asynccontextmanager
async def both_sides() -> AsyncIterator[BothSides]:
    """Run everything inside the block.

    Of the edge it is what turns requests into calls: limits, compression and the dashboard, which
    a grpc-gateway does not have, are left away.
    """
    services = (*SERVICES, probe_service())
    script = Script()
    async with (
        scripted_services(services, script) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        running_gateway(port) as gateway,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        app = web.Application(middlewares=[error_middleware], client_max_size=BODY_BYTES)
        channels = {service.full_name: channel for service in services}
        add_routes(app, channels=channels, services=services)
        async with TestServer(app) as server:
            yield BothSides(
                script=script,
                edge=str(server.make_url("")).rstrip("/"),
                gateway=gateway,
                session=session,
            )
