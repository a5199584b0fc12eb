"""Channels to the mesh's one public address."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from deltastream.analytics.v1 import analytics_service_pb2
from deltastream.auth.v1 import auth_service_pb2
from deltastream.client.read_timeout import ReadTimeout
from deltastream.client.target import Target
from deltastream.client.tls import Tls
from deltastream.enrichment.v1 import enrichment_service_pb2
from deltastream.feed.v1 import feed_service_pb2
from deltastream.storage.v1 import storage_service_pb2

SERVICES: Final[tuple[ServiceDescriptor, ...]] = (
    feed_service_pb2.DESCRIPTOR.services_by_name["FeedService"],
    enrichment_service_pb2.DESCRIPTOR.services_by_name["EnrichmentService"],
    storage_service_pb2.DESCRIPTOR.services_by_name["StorageService"],
    analytics_service_pb2.DESCRIPTOR.services_by_name["AnalyticsService"],
    auth_service_pb2.DESCRIPTOR.services_by_name["AuthService"],
)
_OPTIONS: Final = (
    # A frozen peer is noticed in about 4.5 s; without the ping timeout it takes a minute.
    ("grpc.keepalive_time_ms", 3000),
    ("grpc.keepalive_timeout_ms", 1500),
    ("grpc.http2.ping_timeout_ms", 1500),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    # How long an attempt may take, which must do for a handshake across an ocean; not how long to
    # wait before the next.
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # A bulk transfer must not delay a live stream: each channel has its own connection.
    ("grpc.use_local_subchannel_pool", 1),
)
LIVE: Final = (
    # Small windows make a slow reader felt at once: megabytes of stale messages would wait else. A
    # frame of several chains has to fit in one, or each waits for its reader halfway.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 98304),
)
"""For streams that keep only the newest for a slow reader."""

_READS: Final = ("Get", "List")


def open_channel(
    target: Target,
    *,
    tls: Tls | None = None,
    interceptors: Sequence[grpc.aio.ClientInterceptor] = (),
    tuning: Sequence[tuple[str, Any]] = (),
) -> grpc.aio.Channel:
    """Open a channel, which connects when it is first used.

    Args:
        target: where to.
        tls: how to encrypt, where the target says that it is done; None is the usual way.
        interceptors: what to do to every call.
        tuning: further options.
    """
    options = (*_OPTIONS, *tuning, ("grpc.service_config", json.dumps(_service_config(SERVICES))))
    timeout = ReadTimeout(f"/{service}/{method}" for service, method in _reads(SERVICES))
    interceptors = (timeout, *interceptors)
    if not target.tls:
        return grpc.aio.insecure_channel(target.address, options, interceptors=interceptors)
    tls = tls or Tls()
    return grpc.aio.secure_channel(
        target.address,
        tls.credentials(),
        (*options, *tls.options()),
        interceptors=interceptors,
    )


def _service_config(services: Iterable[ServiceDescriptor]) -> dict[str, Any]:
    """Return what gRPC is to do by itself: try reads again, and nothing that changes anything."""
    reads = [{"service": service, "method": method} for service, method in _reads(services)]
    retry = {
        "maxAttempts": 4,
        "initialBackoff": "0.05s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return {
        "loadBalancingConfig": [{"round_robin": {}}],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
        "methodConfig": [{"name": reads, "retryPolicy": retry}],
    }


def _reads(services: Iterable[ServiceDescriptor]) -> list[tuple[str, str]]:
    """Return service and method of what is read and changes nothing."""
    return [
        (service.full_name, method.name)
        for service in services
        for method in service.methods
        if method.name.startswith(_READS) and not method.server_streaming
    ]
