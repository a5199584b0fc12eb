"""Counting in a Redis that several edges share."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from deltastream.edge.limits.counting import Counter
from deltastream.edge.limits.rates import Rate, Standing
from deltastream.log_library import structlog
from deltastream.unasked import hidden

_log = structlog.get_logger()

_PREFIX: Final = "deltastream:limits"
_ANSWER_SECONDS: Final = 0.25
_PAUSE_SECONDS: Final = 5.0


class RedisCounter(Counter):
    """Counts in sliding windows: at most a burst in the time in which a bucket fills.

    Args:
        url: of the Redis: redis://, rediss:// or unix://.
        patience: how many seconds it may take to answer.

    Raises:
        ConfigurationError: the URL is none of them.
    """

    def __init__(self, url: str, *, patience: float = _ANSWER_SECONDS) -> None:
        self._patience = patience
        scheme, separator, rest = url.partition("://")
        scheme = {"unix": "redis+unix"}.get(scheme, scheme)
        # It imports redis-py, which takes OpenTelemetry along: nobody asks it to measure.
        with hidden("opentelemetry"):
            self._storage = RedisStorage(
                f"async+{scheme}{separator}{rest}",
                # A refusal of Redis is an error like the loss of its connection.
                wrap_exceptions=True,
                implementation="redispy",
                key_prefix=_PREFIX,
            )
        self._windows = SlidingWindowCounterRateLimiter(self._storage)

    async def take(self, rate: Rate, key: str) -> Standing:
        """Take one token, if there is one.

        Raises:
            StorageError: Redis cannot be asked.
            TimeoutError: it does not answer.
        """
        window = RateLimitItemPerSecond(rate.burst, rate.window, namespace=rate.name)
        async with asyncio.timeout(self._patience):
            taken = await self._windows.hit(window, key)
            stats = await self._windows.get_window_stats(window, key)
        changes_in = max(stats.reset_time - time.time(), 0.0)
        retry_in = 0.0 if taken else max(changes_in, rate.token_seconds)
        return Standing(rate, int(stats.remaining) if taken else 0, changes_in, retry_in)

    async def close(self) -> None:
        """Close the connections."""
        bridge: Any = self._storage.bridge
        await bridge.get_connection().aclose()


class FallbackCounter(Counter):
    """Asks one that may be away, and while it is, another.

    It is not asked again for a while, so that not every request waits for it in vain.

    Args:
        shared: may be away.
        own: never is.
        monotonic: the time in seconds.
        pause: for how many seconds one that was away is left alone.
    """

    def __init__(
        self,
        shared: Counter,
        own: Counter,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: float = _PAUSE_SECONDS,
    ) -> None:
        self._shared = shared
        self._own = own
        self._monotonic = monotonic
        self._pause = pause
        self._away_until = float("-inf")
        self._away = False

    async def take(self, rate: Rate, key: str) -> Standing:
        """Take one token, if there is one."""
        if self._monotonic() < self._away_until:
            return await self._own.take(rate, key)
        try:
            standing = await self._shared.take(rate, key)
        except (StorageError, OSError, TimeoutError) as error:
            self._note_away(error)
            return await self._own.take(rate, key)
        if self._away:
            _log.info("shared_limits_back")
            self._away = False
        return standing

    async def close(self) -> None:
        """Close both."""
        await self._shared.close()
        await self._own.close()

    def _note_away(self, error: Exception) -> None:
        self._away_until = self._monotonic() + self._pause
        if not self._away:
            # Not its text, which may hold the URL with its password.
            _log.warning("shared_limits_away", error=type(error).__name__)
            self._away = True
