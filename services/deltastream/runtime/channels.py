"""Channels to other roles: built one way for every caller."""

from collections.abc import Iterator, Sequence
from typing import Final

import grpc

from deltastream.runtime.identity.sending import identifying
from deltastream.runtime.identity.service_token import Identity
from deltastream.runtime.patience import PATIENCE_SECONDS, PatienceInterceptor
from deltastream.runtime.service_config import service_config
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.traced_channel import TracingClientInterceptor
from deltastream.runtime.tls.mounted import MountedTls
from deltastream.runtime.tls.renewed_channel import RenewedChannel

_KEEPALIVE: Final = (
    # A frozen peer is noticed in about 4.5 s; without the ping timeout it takes a minute.
    ("grpc.keepalive_time_ms", 3000),
    ("grpc.keepalive_timeout_ms", 1500),
    ("grpc.http2.ping_timeout_ms", 1500),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    # How long an attempt may take; not how long to wait before the next.
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 500),
    # A replica that was replaced has another address; gRPC would ask for it every 30 s at most.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # Channels of one process to one address must not share a connection: a bulk transfer would
    # delay a live stream.
    ("grpc.use_local_subchannel_pool", 1),
)
_SUBSCRIBER: Final = (
    # Small windows make a slow reader felt at once: megabytes of stale messages would wait else. A
    # frame of several chains has to fit in one, or each waits for its reader halfway.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 98304),
)


def open_channel(
    address: str,
    *,
    service: str,
    subscriber: bool = False,
    patient: bool = True,
    identity: Identity | None = None,
    tls: MountedTls | None = None,
) -> grpc.aio.Channel:
    """Open a channel to a role.

    Args:
        address: a gRPC target: "localhost:8003", "dns:///storage:8003", or several replicas as
            "ipv4:127.0.0.1:8007,127.0.0.1:8017". Calls go to those that serve, in turn.
        service: the role's name, whose service config (retries, balancing, health) is used.
        subscriber: tune for live streams, where a late message is worse than a slow transfer.
        patient: hold calls back for a role that is being restarted, and end those that have no
            deadline in the time of the service config; streams never wait. It costs 0.1 ms a call;
            a caller to whom that is much does both by itself, the former with `until_ready`.
            Where anything is traced, its calls are too; those of others trace theirs themselves.
        identity: who calls, where a call does not say so itself. It costs a stream some time for
            each message; who minds says it with the call.
        tls: the certificate that the role is to see, and whose the role must show one of; None
            talks in the open.
    """
    config = service_config(service)
    options = (
        *_KEEPALIVE,
        *(_SUBSCRIBER if subscriber else ()),
        ("grpc.service_config", config.text),
    )
    identified = () if identity is None else identifying(identity)

    def connect(credentials: grpc.ChannelCredentials | None) -> grpc.aio.Channel:
        if not patient:
            return _channel(address, credentials, options, identified)
        patience = PatienceInterceptor(PATIENCE_SECONDS, timeouts=config.timeouts)
        traced = (TracingClientInterceptor(),) if spans.are_recorded() else ()
        channel = _channel(address, credentials, options, (*traced, patience, *identified))
        patience.watch(channel)
        return channel

    return connect(None) if tls is None else RenewedChannel(tls, connect, service=service)


def _channel(
    address: str,
    credentials: grpc.ChannelCredentials | None,
    options: Sequence[tuple[str, str | int]],
    interceptors: Sequence[grpc.aio.ClientInterceptor],
) -> grpc.aio.Channel:
    if credentials is None:
        return grpc.aio.insecure_channel(address, options=options, interceptors=interceptors)
    named = (*options, *_name_expected_at(address))
    return grpc.aio.secure_channel(address, credentials, options=named, interceptors=interceptors)


def _name_expected_at(address: str) -> Iterator[tuple[str, str]]:
    """Yield the option that says whose certificate is expected, where gRPC cannot tell.

    Of several addresses it takes the whole list for a name, which no certificate has.
    """
    scheme, _, places = address.partition(":")
    if scheme in {"ipv4", "ipv6"} and "," in places:
        yield ("grpc.default_authority", places.partition(",")[0])
