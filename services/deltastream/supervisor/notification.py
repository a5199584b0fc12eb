"""Hears from one child that it is ready, as sd_notify(3) describes."""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_READY: Final = "READY=1"
_LONGEST: Final = 4096


class Notification:
    """A socket of its own for each process: who says it is ready needs no further proof."""

    def __init__(self) -> None:
        # Not in the data directory: the name of a socket must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="deltastream-"))
        self._path = self._folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._socket.bind(str(self._path))

    @property
    def environment(self) -> Mapping[str, str]:
        """What the child must find in its environment."""
        return {"NOTIFY_SOCKET": str(self._path)}

    async def wait(self) -> None:
        """Return when the child has said that it is ready."""
        loop = asyncio.get_running_loop()
        said: list[str] = []
        while _READY not in said:
            said = (await loop.sock_recv(self._socket, _LONGEST)).decode(errors="replace").split()

    def close(self) -> None:
        """Hear no more; safe to repeat."""
        self._socket.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
            self._folder.rmdir()
