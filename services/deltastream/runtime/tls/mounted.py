"""Certificates that are replaced under a running process."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from deltastream.log_library import structlog
from deltastream.runtime.clock import utc_now
from deltastream.runtime.tls.files import TlsFiles, TlsFilesError
from deltastream.runtime.tls.material import TlsMaterial

_log = structlog.get_logger()

_Look = tuple[int, int, int, int, int]


class MountedTls:
    """What some files said when they last made sense.

    They are read again when they look different, be it that they were written anew, or that a link
    on the way to them leads elsewhere, as Kubernetes does it. What cannot be used, such as a pair
    of which one half is new, is logged and changes nothing: a later look finds the other half.

    Args:
        files: where they are.
        clock: which certificates are valid.

    Raises:
        TlsFilesError: they cannot be used from the start.
    """

    def __init__(self, files: TlsFiles, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.files = files
        self._clock = clock
        # Servers ask from threads of gRPC's own.
        self._lock = Lock()
        self._looked = self._look()
        self._material = files.read(now=clock())

    def current(self) -> TlsMaterial:
        """Return what to begin a connection with; the same object until it changes.

        Cheap enough for each connection, and for an event loop: it asks the file system how three
        files look, and reads them, a few kilobytes, when they have changed.
        """
        look = self._look()
        if look != self._looked:
            with self._lock:
                if look != self._looked:
                    # From before it is read: what changes meanwhile is read once more.
                    self._looked = look
                    self._read()
        return self._material

    def _read(self) -> None:
        try:
            material = self.files.read(now=self._clock())
        except TlsFilesError as error:
            _log.error("tls_files_unusable", problem=str(error), still_used=self._material.serial)
            return
        if material != self._material:
            self._material = material
            _log.info(
                "tls_files_renewed",
                certificate=str(self.files.certificate),
                serial=material.serial,
                expires_at=material.expires_at.isoformat(),
            )

    def _look(self) -> tuple[_Look | None, ...]:
        return tuple(map(_look_of, self.files.paths))


def _look_of(path: Path) -> _Look | None:
    """Return what tells a file from another, and from itself at another time; None if it is none.

    Of what a link leads to, not of the link.
    """
    try:
        seen = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    except OSError:
        return None
    return (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
