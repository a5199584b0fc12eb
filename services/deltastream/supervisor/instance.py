"""One mesh a data directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another mesh uses the data directory; the text says what to do."""


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Hold the data directory while the block runs.

    Raises:
        AlreadyRunningError: another process holds it.
        OSError: it cannot be made or written to.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunningError(
                f"a mesh already runs in {data_dir} (process {lock.read().strip()}).\n"
                "Stop it, or choose another directory with --data-dir."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
