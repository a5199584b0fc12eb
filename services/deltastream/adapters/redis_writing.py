"""How commands are written to Redis: in C, and at once.

The driver's asyncio connections write a command argument by argument in Python, which for a read of
two dozen streams takes eight times as long as hiredis does, and hand it to a task with a timer of
its own, although a socket that is not full takes it without waiting.
"""

from collections.abc import Iterable
from typing import Any, Final

from deltastream.adapters.redis_library import (
    AbstractConnection,
    Connection,
    HiredisRespSerializer,
    SSLConnection,
    UnixDomainSocketConnection,
)

_SERIALIZER: Final = HiredisRespSerializer()


class WritingAtOnce(AbstractConnection):
    """What all connections of ours are, whatever they are over."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """Encode a command; its name may be of several words, as XINFO STREAM is."""
        packed: list[bytes] = _SERIALIZER.pack(*args)
        return packed

    async def send_packed_command(
        self,
        command: bytes | str | Iterable[bytes],
        check_health: bool = True,  # noqa: FBT001, FBT002 - the driver's signature
    ) -> None:
        """Send a command; what the socket does not take at once is waited for as the driver does.

        That a connection is lost shows where the reply is read.
        """
        if self._writer is None or self.health_check_interval or isinstance(command, bytes | str):
            await super().send_packed_command(command, check_health)
            return
        self._writer.writelines(command)
        if self._writer.transport.get_write_buffer_size():
            await super().send_packed_command((), check_health)


class _Tcp(WritingAtOnce, Connection):
    pass


class _Tls(WritingAtOnce, SSLConnection):
    pass


class _Local(WritingAtOnce, UnixDomainSocketConnection):
    pass


CONNECTIONS: Final[dict[str, type[AbstractConnection]]] = {
    "redis": _Tcp,
    "rediss": _Tls,
    "unix": _Local,
}
"""The connections by URL scheme."""
