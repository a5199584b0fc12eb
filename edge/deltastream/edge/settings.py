"""The edge's settings."""

from typing import Annotated, ClassVar

from pydantic import Field

from deltastream.runtime.settings import RoleSettings, StringList


class EdgeSettings(RoleSettings):
    """What the edge can be told.

    Attributes:
        edge_listen: HOST:PORT for HTTP and Socket.IO.
        edge_socketio_listen: a second one with the same content, where clients of the original
            platform look for Socket.IO; empty for none.
        edge_grpc_listen: HOST:PORT of the public gRPC address.
        edge_sockets: sockets that already listen, inherited from whoever started this process:
            HOST:PORT=DESCRIPTOR each. A successor that inherits the same ones takes over without
            a connection being lost that nobody had accepted yet.
        *_address: where each role answers.
        allow_anonymous: whether reading needs no token.
        cors_origins: origins of other sites whose pages may call; empty means none.
        body_bytes: the largest request body.
    """

    role: ClassVar[str] = "edge"

    edge_listen: str = "127.0.0.1:8000"
    edge_socketio_listen: str = "127.0.0.1:8002"
    edge_grpc_listen: str = "127.0.0.1:8009"
    edge_sockets: StringList = ()
    auth_address: str = "127.0.0.1:8001"
    storage_address: str = "127.0.0.1:8003"
    analytics_address: str = "127.0.0.1:8004"
    feed_address: str = "127.0.0.1:8006"
    enrichment_address: str = "127.0.0.1:8007"
    # Its work is computing, in one thread: more at a time would only make each slower, the
    # refusals included.
    max_concurrent_calls: Annotated[int, Field(ge=1)] = 128
    allow_anonymous: bool = True
    cors_origins: StringList = ()
    body_bytes: Annotated[int, Field(ge=1024)] = 1024 * 1024

    @property
    def addresses(self) -> dict[str, str]:
        """Where each role answers, by its name."""
        return {
            "auth": self.auth_address,
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
