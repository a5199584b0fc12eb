"""Where a SQLite database is, read from its URL."""

from pathlib import Path
from typing import Final

SCHEME: Final = "sqlite"
FORM: Final = "sqlite:PATH"


def database_path(url: str) -> Path:
    """Return the file of a `sqlite:PATH` URL.

    PATH is relative to the working directory or absolute, and may start with `~`:
    `sqlite:market.db`, `sqlite:/var/lib/market.db`; `sqlite:///var/lib/market.db` is the same as
    the latter. Nothing in it is percent-encoded.

    Raises:
        ValueError: the URL names no file.
    """
    path = url.removeprefix(f"{SCHEME}:")
    if not path.strip("/"):
        raise ValueError(f"{url!r} names no file; write {FORM}")
    if path == ":memory:":
        raise ValueError(f"{url!r} would forget everything; give it a file: {FORM}")
    if path.startswith("//"):
        if not path.startswith("///"):
            raise ValueError(
                f"{url!r} names a host, and SQLite has none; write sqlite:{path.lstrip('/')}"
                f" or sqlite:///{path.lstrip('/')}"
            )
        path = "/" + path.lstrip("/")
    return Path(path).expanduser()
