"""What is used of redis-py, imported once.

It takes OpenTelemetry along where that is installed, for measurements that nobody asks it for:
three megabytes in every process, and a tenth of a second at its start.
"""

from deltastream.unasked import hidden

with hidden("opentelemetry"):
    from redis.asyncio import BlockingConnectionPool, Redis
    from redis.asyncio.connection import (
        AbstractConnection,
        Connection,
        SSLConnection,
        UnixDomainSocketConnection,
        parse_url,
    )
    from redis.asyncio.retry import Retry
    from redis.backoff import ExponentialWithJitterBackoff
    from redis.connection import HiredisRespSerializer
    from redis.exceptions import (
        AuthenticationError,
        AuthorizationError,
        ClusterDownError,
        NoScriptError,
        OutOfMemoryError,
        ReadOnlyError,
        RedisError,
        ResponseError,
    )
    from redis.exceptions import ConnectionError as RedisConnectionError
    from redis.exceptions import TimeoutError as RedisTimeoutError

__all__ = (
    "AbstractConnection",
    "AuthenticationError",
    "AuthorizationError",
    "BlockingConnectionPool",
    "ClusterDownError",
    "Connection",
    "ExponentialWithJitterBackoff",
    "HiredisRespSerializer",
    "NoScriptError",
    "OutOfMemoryError",
    "ReadOnlyError",
    "Redis",
    "RedisConnectionError",
    "RedisError",
    "RedisTimeoutError",
    "ResponseError",
    "Retry",
    "SSLConnection",
    "UnixDomainSocketConnection",
    "parse_url",
)
