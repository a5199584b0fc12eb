"""Whether the mesh that was started serves."""

import asyncio
import http.client
import json
from typing import Final

from deltastream.runtime.own_edge import connection_to

_ASK_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 0.1


class NotReadyError(Exception):
    """Some roles did not come up in time; the text names them."""


async def wait_until_ready(url: str, *, seconds: float) -> None:
    """Return when the edge answers and says that every service serves, dependencies included.

    Args:
        url: of the edge.
        seconds: how long to wait.

    Raises:
        NotReadyError: it took longer.
    """
    missing = ["edge"]
    try:
        async with asyncio.timeout(seconds):
            while missing := await asyncio.to_thread(_missing, url):  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        names = ", ".join(missing)
        raise NotReadyError(f"not ready after {seconds:.0f} s: {names}") from None


def _missing(url: str) -> list[str]:
    """Ask the edge which services do not serve.

    With the standard library, because this process stays: an HTTP framework and gRPC would cost it
    40 MB for good.
    """
    connection = connection_to(url, seconds=_ASK_SECONDS)
    try:
        connection.request("GET", "/health")
        services: dict[str, str] = json.load(connection.getresponse())["services"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return ["edge"]
    finally:
        connection.close()
    return [name for name, status in services.items() if status != "SERVING"]
