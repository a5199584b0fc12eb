"""The edge's settings."""

from functools import cached_property
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, SecretStr, model_validator

from deltastream.edge.limits.limiter import Rates
from deltastream.edge.limits.rates import Rate
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.runtime.roles import role_named
from deltastream.runtime.settings import ENVIRONMENT_PREFIX, RoleSettings, StringList
from deltastream.runtime.tls.mounted import MountedTls
from deltastream.runtime.tls.named import OptionalPath, mounted_tls

_USUAL_LOGS: Final = f"127.0.0.1:{role_named('logs').grpc_port}"


class EdgeSettings(RoleSettings):
    """What the edge can be told.

    Attributes:
        edge_listen: HOST:PORT for HTTP and Socket.IO.
        edge_socketio_listen: a second HOST:PORT with the same content, where clients of the
            original platform look for Socket.IO; empty for none.
        edge_grpc_listen: HOST:PORT of the public gRPC address.
        edge_tls_certificate: a file with the certificate that the public addresses show, in PEM;
            without one they talk in the open, and TLS is for a proxy before them to end.
        edge_tls_key: a file with the key of that certificate, in PEM.
        edge_sockets: sockets that already listen, inherited from whoever started this process:
            HOST:PORT=DESCRIPTOR each. A successor that inherits the same ones takes over without
            a connection being lost that nobody had accepted yet.
        auth_address: where auth answers.
        storage_address: where storage answers.
        analytics_address: where analytics answers.
        feed_address: where feed answers.
        enrichment_address: where enrichment answers.
        cors_origins: origins of other sites whose pages may call; empty means none.
        frame_ancestors: origins of other sites whose pages may show the dashboard in a frame.
        trusted_hops: how many proxies stand before the edge; what they say of where a request
            comes from, by `X-Forwarded-For` and `-Proto`, is believed, and nobody else is.
        body_bytes: how many bytes a request's body may have.
        client_rate: how many requests a minute one client address may make; 0 is any number.
        client_burst: how many requests one client address may make at once, after a pause.
        account_rate: how many requests a minute one account may make; 0 is any number.
        account_burst: how many requests one account may make at once, after a pause.
        credentials_rate: how many requests a minute one client address may make to the methods
            that take passwords, tokens and keys; 0 is any number.
        credentials_burst: how many requests one client address may make to those methods at once,
            after a pause.
        limits_url: a Redis in which several edges count together; empty counts in each alone.
        max_connections: how many connections there may be to HTTP and Socket.IO; 0 is any number.
        connections_per_address: how many of them one client address may have; 0 is any number. Not
            counted where `trusted_hops` says that all of them come from proxies.
        sockets_per_address: how many Socket.IO sessions one client address may have; 0 is any
            number.
        socket_connect_seconds: for how many seconds a Socket.IO session may exist without having
            connected.
        idle_seconds: for how many seconds a connection may be silent, and a request's headers may
            take.
        body_seconds: how many seconds a request's body may take.
        write_seconds: for how many seconds a client may leave unread what was sent to it.
    """

    role: ClassVar[str] = "edge"

    edge_listen: str = "127.0.0.1:8000"
    edge_socketio_listen: str = "127.0.0.1:8002"
    edge_grpc_listen: str = "127.0.0.1:8009"
    edge_tls_certificate: OptionalPath = None
    edge_tls_key: OptionalPath = None
    edge_sockets: StringList = ()
    auth_address: str = "127.0.0.1:8001"
    storage_address: str = "127.0.0.1:8003"
    analytics_address: str = "127.0.0.1:8004"
    feed_address: str = "127.0.0.1:8006"
    enrichment_address: str = "127.0.0.1:8007"
    # Its work is computing, in one thread: more at a time would only make each slower, the
    # refusals included.
    max_concurrent_calls: Annotated[int, Field(ge=1)] = 128
    cors_origins: StringList = ()
    frame_ancestors: StringList = ()
    trusted_hops: Annotated[int, Field(ge=0, le=16)] = 0
    body_bytes: Annotated[int, Field(ge=1024)] = 1024 * 1024
    client_rate: Annotated[int, Field(ge=0)] = 600
    client_burst: Annotated[int, Field(ge=1)] = 200
    account_rate: Annotated[int, Field(ge=0)] = 1200
    account_burst: Annotated[int, Field(ge=1)] = 400
    credentials_rate: Annotated[int, Field(ge=0)] = 30
    credentials_burst: Annotated[int, Field(ge=1)] = 20
    limits_url: SecretStr = SecretStr("")
    max_connections: Annotated[int, Field(ge=0)] = 10_000
    connections_per_address: Annotated[int, Field(ge=0)] = 256
    sockets_per_address: Annotated[int, Field(ge=0)] = 128
    idle_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    socket_connect_seconds: Annotated[float, Field(gt=0, le=60)] = 8.0
    body_seconds: Annotated[float, Field(gt=0, le=60)] = 8.0
    write_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0

    @cached_property
    def listening_tls(self) -> MountedTls | None:
        """What the public addresses show, who ask nobody for a certificate; None is in the open."""
        named = {"certificate": self.edge_tls_certificate, "key": self.edge_tls_key}
        return mounted_tls(f"{ENVIRONMENT_PREFIX}EDGE_TLS", named)

    @model_validator(mode="after")
    def _listening_tls_is_usable(self) -> Self:
        _ = self.listening_tls
        return self

    @property
    def addresses(self) -> dict[str, str]:
        """Where each role answers, by its name."""
        return {
            "auth": self.auth_address,
            "logs": self.logs_address or _USUAL_LOGS,
            "storage": self.storage_address,
            "analytics": self.analytics_address,
            "feed": self.feed_address,
            "enrichment": self.enrichment_address,
        }

    @property
    def listeners(self) -> tuple[str, ...]:
        """Every HOST:PORT to listen on."""
        return tuple(filter(None, (self.edge_listen, self.edge_socketio_listen)))

    @property
    def inherited(self) -> dict[str, int]:
        """The descriptors of sockets that already listen, by HOST:PORT."""
        pairs = (stated.rpartition("=") for stated in self.edge_sockets)
        return {address: int(descriptor) for address, _, descriptor in pairs}

    @property
    def rates(self) -> Rates:
        """How often may be asked."""
        return Rates(
            client=_rate("client", self.client_rate, self.client_burst),
            account=_rate("account", self.account_rate, self.account_burst),
            credentials=_rate("credentials", self.credentials_rate, self.credentials_burst),
        )

    @property
    def socket_limits(self) -> SocketLimits:
        """How much may be asked of Socket.IO."""
        return SocketLimits(
            sockets_per_address=self.sockets_per_address,
            connect_seconds=self.socket_connect_seconds,
            body_seconds=self.body_seconds,
        )


def _rate(name: str, per_minute: int, burst: int) -> Rate | None:
    return Rate(name=name, per_minute=per_minute, burst=burst) if per_minute else None
