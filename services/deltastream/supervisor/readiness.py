"""Whether the roles that were started serve."""

import asyncio
from collections.abc import Mapping
from typing import Final

import aiohttp
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deltastream.runtime.roles import ROLES, Role

_ASK_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.1
_HTTP_OK: Final = 200


class NotReadyError(Exception):
    """Some roles did not come up in time; the text names them."""


async def wait_until_ready(listeners: Mapping[str, str], *, seconds: float) -> None:
    """Return when every role serves, its dependencies included.

    Args:
        listeners: HOST:PORT by environment variable.
        seconds: how long to wait.

    Raises:
        NotReadyError: it took longer.
    """
    waiting = {role.name for role in ROLES}

    async def wait_for(role: Role) -> None:
        while not await _serves(role, listeners[role.listen_variable]):
            await asyncio.sleep(_PAUSE_SECONDS)
        waiting.discard(role.name)

    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for role in ROLES:
                group.create_task(wait_for(role))
    except TimeoutError:
        names = ", ".join(sorted(waiting))
        raise NotReadyError(f"not ready after {seconds:.0f} s: {names}") from None


async def _serves(role: Role, address: str) -> bool:
    if role.service is None:
        return await _answers_http(address)
    request = health_pb2.HealthCheckRequest(service=role.service)
    async with grpc.aio.insecure_channel(address) as channel:
        try:
            reply = await health_pb2_grpc.HealthStub(channel).Check(request, timeout=_ASK_SECONDS)
        except grpc.aio.AioRpcError:
            return False
    return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)


async def _answers_http(address: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=_ASK_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            async with session.get(f"http://{address}/health") as response:
                return response.status == _HTTP_OK
        except (aiohttp.ClientError, TimeoutError):
            return False
