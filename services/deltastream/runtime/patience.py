"""Waits a little for a role that is being restarted, instead of failing at once."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import grpc

# A role is back within two seconds of its death; its callers notice in half of another.
PATIENCE_SECONDS: Final = 3.0
_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.05
_HEALTH: Final = b"/grpc.health.v1."
_NO_TIMEOUTS: Final[Mapping[bytes, float]] = MappingProxyType({})


def is_ready(channel: grpc.aio.Channel) -> bool:
    """Say whether a channel has a server that serves; begin to look for one if it has none."""
    return channel.get_state(try_to_connect=True) is grpc.ChannelConnectivity.READY


async def until_ready(channel: grpc.aio.Channel, *, seconds: float) -> None:
    """Return when a channel has a server that serves.

    Raises:
        AioRpcError: UNAVAILABLE, as it had none in time.
    """
    clock = asyncio.get_running_loop().time
    latest, pause = clock() + seconds, _FIRST_PAUSE
    while not is_ready(channel):
        if clock() >= latest:
            raise _not_ready(seconds)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


class PatienceInterceptor(grpc.aio.UnaryUnaryClientInterceptor):
    """Holds calls back until the channel is ready.

    Nothing has been sent yet, so that any call may wait, idempotent or not, and a role that comes
    back is not met by what its callers' retries have added up to. gRPC's own `wait_for_ready`
    waits for as long as the call may take: a caller of a role that is gone would learn no more
    than that its time is up. Health checks ask what is so now and do not wait.

    Args:
        seconds: how long; a call whose deadline is nearer waits no longer than that.
        timeouts: the seconds that a call may take in all, by method, unless it says less itself.
    """

    def __init__(self, seconds: float, *, timeouts: Mapping[bytes, float] = _NO_TIMEOUTS) -> None:
        self._seconds = seconds
        self._timeouts = timeouts
        self._channel: grpc.aio.Channel | None = None

    def watch(self, channel: grpc.aio.Channel) -> None:
        """Say which channel it is, once that is made."""
        self._channel = channel

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Make the call when the channel is ready.

        Raises:
            AioRpcError: UNAVAILABLE, as the channel did not become ready in time.
        """
        if self._channel is None or _asks_for_health(client_call_details):
            return await continuation(client_call_details, request)
        left = await self._wait(self._channel, self._timeout_of(client_call_details))
        return await continuation(_with_timeout(client_call_details, left), request)

    def _timeout_of(self, details: grpc.aio.ClientCallDetails) -> float | None:
        """Return the lesser of what a call says and what its method may take, where one is told."""
        # Bytes, whatever the type stubs say.
        method: Any = details.method
        told = (details.timeout, self._timeouts.get(method))
        return min((seconds for seconds in told if seconds is not None), default=None)

    async def _wait(self, channel: grpc.aio.Channel, timeout: float | None) -> float | None:  # noqa: ASYNC109 - the call's own, of which this takes a part
        """Wait, and return what is left of a call's time; None when that has no end."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        seconds = self._seconds if timeout is None else min(self._seconds, timeout)
        await until_ready(channel, seconds=seconds)
        return None if timeout is None else max(0.0, timeout - (clock() - begun))


def _with_timeout(
    details: grpc.aio.ClientCallDetails, seconds: float | None
) -> grpc.aio.ClientCallDetails:
    return grpc.aio.ClientCallDetails(
        method=details.method,
        timeout=seconds,
        metadata=details.metadata,
        credentials=details.credentials,
        wait_for_ready=details.wait_for_ready,
    )


def _asks_for_health(details: grpc.aio.ClientCallDetails) -> bool:
    # Bytes, whatever the type stubs say.
    method: Any = details.method
    return bool(method.startswith(_HEALTH))


def _not_ready(seconds: float) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE,
        initial_metadata=grpc.aio.Metadata(),
        trailing_metadata=grpc.aio.Metadata(),
        details=f"no server became ready within {seconds:.1f} s",
    )
