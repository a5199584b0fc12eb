"""The one place that makes a Redis client, and the one that reads its failures."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from deltastream.adapters.redis_library import (
    AuthenticationError,
    AuthorizationError,
    BlockingConnectionPool,
    ClusterDownError,
    ExponentialWithJitterBackoff,
    OutOfMemoryError,
    ReadOnlyError,
    Redis,
    RedisConnectionError,
    RedisError,
    RedisTimeoutError,
    ResponseError,
    Retry,
    parse_url,
)
from deltastream.adapters.redis_writing import CONNECTIONS
from deltastream.domain.errors import DependencyUnavailableError

SCHEMES: Final = ("redis", "rediss", "unix")
"""The URL schemes that lead to a Redis server."""

LONGEST_BLOCK: Final = 1.0
"""Seconds a command may block in the server. Well below the time a reply may take: a reply given
up on is a connection closed."""

_REPLY_WITHIN: Final = 2.0
_CONNECT_WITHIN: Final = 1.0
_ANSWER_WITHIN: Final = 4.0
_TRANSIENT: Final = (
    RedisConnectionError,
    RedisTimeoutError,
    OutOfMemoryError,
    ReadOnlyError,
    ClusterDownError,
)
_REFUSED: Final = (AuthenticationError, AuthorizationError)
# Within a script Redis 6.2 puts the place in the script before the word, where the driver does not
# see it. MISCONF, "cannot write to its disk", has no class in the driver at all.
_TRANSIENT_REPLY: Final = re.compile(r"(?:^|-)(?:OOM|READONLY|MISCONF) ")


def open_redis(url: str, *, retries: int, connections: int) -> Redis:
    """Make a client; it connects when first used. Its arguments are those of `open_pool`."""
    return Redis.from_pool(open_pool(url, retries=retries, connections=connections))


def open_pool(url: str, *, retries: int, connections: int) -> BlockingConnectionPool:
    """Make what makes connections.

    Values are bytes, in and out. A reply is waited for 2 seconds, a connection 1 second.

    Args:
        url: `redis://`, `rediss://` (TLS) or `unix://`, with credentials and `db` where needed.
        retries: how often a command is repeated when its reply is lost; 0 for commands that do
            something different the second time.
        connections: the most at once. Who asks the pool for one and finds none free waits up to 2
            seconds.

    Raises:
        ValueError: the URL says something that is not understood, or may not be said here.
    """
    fixed: dict[str, Any] = {
        "max_connections": connections,
        "timeout": _REPLY_WITHIN,
        "socket_timeout": _REPLY_WITHIN,
        "socket_connect_timeout": _CONNECT_WITHIN,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.02, cap=0.2), retries),
        # RESP2 has one shape for each reply; RESP3 would add only push messages, unused here.
        "protocol": 2,
        "client_name": "deltastream",
        "decode_responses": False,
    }
    _check(url, fixed.keys())
    options: dict[str, Any] = {**parse_url(url), **fixed}
    options["connection_class"] = CONNECTIONS[urlsplit(url).scheme]
    pool = BlockingConnectionPool(**options)
    try:
        # Opens nothing, and refuses options that no connection has.
        pool.make_connection()  # type: ignore[no-untyped-call]
    except TypeError as error:
        raise ValueError(f"the Redis URL has an option that is not known: {error}") from None
    return pool


def _check(url: str, fixed: Any) -> None:
    """Refuse what the driver would ignore, or would let the URL override."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"a Redis URL starts with one of {', '.join(SCHEMES)}, followed by ://")
    if parts.scheme == "unix" and not parts.path:
        raise ValueError("the Redis URL names no socket: write unix:///path/to/redis.sock")
    if parts.scheme != "unix" and not (parts.path.strip("/") or "0").isdecimal():
        raise ValueError("the path of a Redis URL is the number of a database, such as /0")
    overridden = sorted(fixed & parse_url(url).keys())
    if overridden:
        raise ValueError(f"the Redis URL may not set {', '.join(overridden)}")


@asynccontextmanager
async def answering(dependency: str, *, wait: float = 0.0) -> AsyncIterator[None]:
    """Turn "the server cannot do this now" into the domain's word for it.

    Refused credentials and wrong commands pass through as they are: trying again does not help.

    Args:
        dependency: what the server is to its caller.
        wait: seconds that the block may wait for something to happen. Beyond it, the server has
            4 seconds to answer, the driver's retry included.

    Raises:
        DependencyUnavailableError: the server does not answer, or cannot work at present.
    """
    try:
        async with asyncio.timeout(wait + _ANSWER_WITHIN):
            with cancellable():
                yield
    except TimeoutError as error:
        raise DependencyUnavailableError(dependency) from error
    except RedisError as error:
        if not _is_transient(error):
            raise
        raise DependencyUnavailableError(dependency) from error


@contextmanager
def cancellable() -> Iterator[None]:
    """Cancel the task at the end of the block if it was cancelled inside and does not know.

    `answering` does so at its own end; whoever repeats something inside needs it each time.

    asyncio.wait_for, which the driver uses for a write that waits, can lose a cancellation before
    Python 3.12: https://github.com/python/cpython/issues/86296
    """
    before = _cancellations()
    try:
        yield
    except RedisError as error:
        if _cancellations() > before:
            raise asyncio.CancelledError from error
        raise
    if _cancellations() > before:
        raise asyncio.CancelledError


def _is_transient(error: RedisError) -> bool:
    if isinstance(error, _REFUSED):
        return False
    return isinstance(error, _TRANSIENT) or (
        isinstance(error, ResponseError) and _TRANSIENT_REPLY.search(str(error)) is not None
    )


def _cancellations() -> int:
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
