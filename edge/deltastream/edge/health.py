"""`GET /health`: the edge itself, and what it can reach."""

import asyncio
from collections.abc import Mapping
from typing import Final

import grpc
from aiohttp import hdrs, web
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deltastream.runtime.roles import role_named

_ASK_SECONDS: Final = 1.0
_OPTIONAL: Final = frozenset(role_named(name).service for name in role_named("edge").optional)


def add_health(app: web.Application, *, channels: Mapping[str, grpc.aio.Channel]) -> None:
    """Serve `/health`.

    It answers 200 whenever the edge does: a restart of the edge would not mend another role. The
    body says which services serve. One without which all others do does not make it DEGRADED.

    Args:
        app: what to put the route on.
        channels: by full name of a service.
    """

    async def health(request: web.Request) -> web.Response:
        del request
        names = list(channels)
        answers = await asyncio.gather(*(_status_of(channels[name], name) for name in names))
        services = dict(zip(names, answers, strict=True))
        healthy = all(services[name] == "SERVING" for name in names if name not in _OPTIONAL)
        body = {"status": "SERVING" if healthy else "DEGRADED", "services": services}
        return web.json_response(body, headers={hdrs.CACHE_CONTROL: "no-store"})

    app.router.add_get("/health", health)


async def _status_of(channel: grpc.aio.Channel, service: str) -> str:
    request = health_pb2.HealthCheckRequest(service=service)
    try:
        reply = await health_pb2_grpc.HealthStub(channel).Check(request, timeout=_ASK_SECONDS)
    except grpc.aio.AioRpcError:
        return "UNREACHABLE"
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status))
