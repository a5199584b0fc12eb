"""Channels to other roles: built one way for every caller."""

from importlib import resources
from typing import Final

import grpc

_KEEPALIVE: Final = (
    # A frozen peer is noticed in about 4.5 s; without the ping timeout it takes a minute.
    ("grpc.keepalive_time_ms", 3000),
    ("grpc.keepalive_timeout_ms", 1500),
    ("grpc.http2.ping_timeout_ms", 1500),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # Channels of one process to one address must not share a connection: a bulk transfer would
    # delay a live stream.
    ("grpc.use_local_subchannel_pool", 1),
)
_SUBSCRIBER: Final = (
    # Small windows make a slow reader felt at once: megabytes of stale messages would wait else.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 16384),
)


def open_channel(address: str, *, service: str, subscriber: bool = False) -> grpc.aio.Channel:
    """Open a channel to a role.

    Args:
        address: a gRPC target: "localhost:8003", "dns:///storage:8003".
        service: the role's name, whose service config (retries, balancing, health) is used.
        subscriber: tune for live streams, where a late message is worse than a slow transfer.
    """
    config = resources.files("deltastream.runtime") / "service_configs" / f"{service}.json"
    options = (
        *_KEEPALIVE,
        *(_SUBSCRIBER if subscriber else ()),
        ("grpc.service_config", config.read_text(encoding="utf-8")),
    )
    return grpc.aio.insecure_channel(address, options=options)
