"""A channel that outlives its certificate."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self
from weakref import WeakSet

import grpc

from deltastream.log_library import structlog
from deltastream.runtime.background import running
from deltastream.runtime.patience import is_ready
from deltastream.runtime.tls.grpc_credentials import channel_credentials
from deltastream.runtime.tls.material import TlsMaterial
from deltastream.runtime.tls.mounted import MountedTls

_log = structlog.get_logger()
_LOOK_SECONDS: Final = 1.0
_READY_PAUSE: Final = 0.05
_WARNING_SECONDS: Final = 10.0

Connect = Callable[[grpc.ChannelCredentials], grpc.aio.Channel]
"""Opens a channel with some credentials."""


class _Generation:
    """The channel with one certificate, and the calls that began on it."""

    __slots__ = ("calls", "channel", "material")

    def __init__(self, material: TlsMaterial, channel: grpc.aio.Channel) -> None:
        self.material = material
        self.channel = channel
        self.calls: WeakSet[grpc.aio.Call] = WeakSet()

    @property
    def is_in_use(self) -> bool:
        return any(not call.done() for call in self.calls)


class RenewedChannel(grpc.aio.Channel):
    """A channel whose calls begin with the certificate of their moment.

    gRPC cannot change the credentials of a channel; so this is one channel after another. A new
    one takes over when it is connected, or when the one before it is not: a certificate that
    nobody believes yet takes no connection away. Calls end on the channel that they began on,
    streams of many days included, and the last of them closes it.

    Only while `async with` runs does it look for another certificate.

    Args:
        tls: the certificate.
        connect: see Connect.
        service: whom it leads to, for the log.
        look_seconds: how often to look.
    """

    def __init__(
        self,
        tls: MountedTls,
        connect: Connect,
        *,
        service: str,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._tls = tls
        self._connect = connect
        self._service = service
        self._look_seconds = look_seconds
        self._open: set[_Generation] = set()
        self._current = self._begin(tls.current())
        self._renewing = AsyncExitStack()

    @property
    def connections(self) -> int:
        """How many channels there are: more than one while calls of an earlier one go on."""
        return len(self._open)

    async def __aenter__(self) -> Self:
        await self._renewing.enter_async_context(running(self._renew_repeatedly()))
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        try:
            await self._renewing.__aexit__(exc_type, exc_val, exc_tb)
        finally:
            await self.close()

    async def close(self, grace: float | None = None) -> None:
        """See grpc.aio.Channel."""
        await asyncio.gather(*(self._end(each, grace) for each in tuple(self._open)))

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:  # noqa: FBT001, FBT002 - gRPC's
        """See grpc.aio.Channel."""
        return self._current.channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """See grpc.aio.Channel."""
        await self._current.channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """See grpc.aio.Channel."""
        await self._current.channel.channel_ready()

    def unary_unary(self, *method: Any, **options: Any) -> Any:
        """See grpc.aio.Channel."""
        return self._method(lambda channel: channel.unary_unary(*method, **options))

    def unary_stream(self, *method: Any, **options: Any) -> Any:
        """See grpc.aio.Channel."""
        return self._method(lambda channel: channel.unary_stream(*method, **options))

    def stream_unary(self, *method: Any, **options: Any) -> Any:
        """See grpc.aio.Channel."""
        return self._method(lambda channel: channel.stream_unary(*method, **options))

    def stream_stream(self, *method: Any, **options: Any) -> Any:
        """See grpc.aio.Channel."""
        return self._method(lambda channel: channel.stream_stream(*method, **options))

    def _method(self, make: Callable[[grpc.aio.Channel], Any]) -> Callable[..., Any]:
        """Return what makes calls of a method, each on the channel of its moment."""
        generation, method = self._current, make(self._current.channel)

        def call(*request: Any, **options: Any) -> Any:
            nonlocal generation, method
            if generation is not self._current:
                generation, method = self._current, make(self._current.channel)
            begun = method(*request, **options)
            generation.calls.add(begun)
            return begun

        return call

    async def _renew_repeatedly(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(self._look_seconds)
                if self._tls.current() is self._current.material:
                    continue
                successor = self._begin(self._tls.current())
                if await self._may_take_over(successor):
                    predecessor, self._current = self._current, successor
                    group.create_task(self._end_when_unused(predecessor))
                else:
                    await self._end(successor)

    async def _may_take_over(self, successor: _Generation) -> bool:
        """Wait until that is so; say no when its certificate is outdated already."""
        clock = asyncio.get_running_loop().time
        warn_at = clock() + _WARNING_SECONDS
        while is_ready(self._current.channel) and not is_ready(successor.channel):
            if self._tls.current() is not successor.material:
                return False
            if clock() >= warn_at:
                serial = successor.material.serial
                _log.warning("tls_certificate_not_accepted", by=self._service, serial=serial)
                warn_at = float("inf")
            await asyncio.sleep(_READY_PAUSE)
        return True

    def _begin(self, material: TlsMaterial) -> _Generation:
        generation = _Generation(material, self._connect(channel_credentials(material)))
        self._open.add(generation)
        return generation

    async def _end_when_unused(self, generation: _Generation) -> None:
        while generation.is_in_use:  # noqa: ASYNC110 - calls say when they end to their own channel alone
            await asyncio.sleep(self._look_seconds)
        await self._end(generation)

    async def _end(self, generation: _Generation, grace: float | None = None) -> None:
        await generation.channel.close(grace)
        self._open.discard(generation)
