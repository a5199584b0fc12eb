"""The two ways in which a stream of messages becomes the body of an HTTP response."""

from typing import Any, Final, Protocol

from aiohttp import web
from google.protobuf.message import Message
from google.rpc import status_pb2

from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.transcoder.accept import preferred

NDJSON: Final = "application/x-ndjson"
EVENT_STREAM: Final = "text/event-stream"
LAST_EVENT_ID: Final = "Last-Event-ID"
_RECONNECT_MILLISECONDS: Final = 1000
_HEARTBEAT_SECONDS: Final = 10
_LONGEST_HEARTBEAT_SECONDS: Final = 60


class Framing(Protocol):
    """Turns the frames of a stream into bytes."""

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        ...

    @property
    def outlives_calls(self) -> bool:
        """Whether the body goes on when the service is away for a while."""
        ...

    @property
    def opening(self) -> bytes:
        """What the body begins with."""
        ...

    @property
    def waiting(self) -> bytes:
        """What says that the connection is alive while the service is away."""
        ...

    def adapt(self, message: Any, request: web.BaseRequest) -> None:
        """Let the request message continue where this client's last stream ended.

        Raises:
            RequestError: the client says where in a way that no token can be written.
        """
        ...

    def frame(self, message: Message) -> bytes:
        """Return one frame."""
        ...

    def failure(self, status: status_pb2.Status) -> bytes:
        """Return what ends a stream that failed."""
        ...

    def farewell(self, status: status_pb2.Status) -> bytes:
        """Return what ends a stream because the edge goes away."""
        ...


class NdjsonFraming:
    """One JSON object a line, as grpc-gateway writes them."""

    content_type = NDJSON
    outlives_calls = False
    opening = b""
    waiting = b""

    def adapt(self, message: Any, request: web.BaseRequest) -> None:
        """Do nothing: the client puts its token in the query."""

    def frame(self, message: Message) -> bytes:
        """Return `{"result": …}` and a line end."""
        return b'{"result":' + to_json(message) + b"}\n"

    def failure(self, status: status_pb2.Status) -> bytes:
        """Return `{"error": …}` and a line end."""
        return b'{"error":' + to_json(status) + b"}\n"

    def farewell(self, status: status_pb2.Status) -> bytes:
        """Return `{"error": …}` and a line end: the client asks again by itself."""
        return self.failure(status)


class EventStreamFraming:
    """Server-sent events, as browsers' EventSource reads them.

    `event` is the name of the frame's kind, `id` its resume token, `data` the whole message. The
    connection never falls silent, so that no proxy on the way takes it for dead: heartbeats come
    at least every ten seconds, and comments while the service is away.
    """

    content_type = EVENT_STREAM
    outlives_calls = True
    opening = b"retry: %d\n\n" % _RECONNECT_MILLISECONDS
    waiting = b": the service is away for a moment\n\n"

    def adapt(self, message: Any, request: web.BaseRequest) -> None:
        """Take the token of `Last-Event-ID`, which browsers send when they reconnect.

        It is newer than one in the query, which a browser repeats as it was.
        """
        token = request.headers.get(LAST_EVENT_ID)
        if token:
            try:
                message.resume_token = token
            except UnicodeEncodeError:
                raise MalformedValueError(LAST_EVENT_ID, "must be UTF-8") from None
        # A longer one than the contract allows is left to be refused.
        silence = message.heartbeat_interval.ToNanoseconds() / 1e9
        if _HEARTBEAT_SECONDS < silence <= _LONGEST_HEARTBEAT_SECONDS:
            message.heartbeat_interval.FromSeconds(_HEARTBEAT_SECONDS)

    def frame(self, message: Message) -> bytes:
        """Return one event."""
        lines = []
        kind = _kind_of(message)
        if kind is not None:
            lines.append(b"event: " + kind.encode())
        token = getattr(message, "resume_token", "")
        if token:
            lines.append(b"id: " + token.encode())
        lines.append(b"data: " + to_json(message))
        return b"\n".join(lines) + b"\n\n"

    def failure(self, status: status_pb2.Status) -> bytes:
        """Return an event of kind `error`."""
        return b"event: error\ndata: " + to_json(status) + b"\n\n"

    def farewell(self, status: status_pb2.Status) -> bytes:
        """Return a comment: a browser reconnects, by itself and where it was."""
        del status
        return b": goodbye\n\n"


def framing_for(accept: str | None) -> Framing:
    """Return the framing that an `Accept` header prefers; lines of JSON in doubt."""
    offered = (NDJSON, "application/json", EVENT_STREAM)
    if preferred(accept or "*/*", offered) == EVENT_STREAM:
        return EventStreamFraming()
    return NdjsonFraming()


def _kind_of(message: Message) -> str | None:
    for group in message.DESCRIPTOR.oneofs:
        kind: str | None = message.WhichOneof(group.name)
        if kind is not None:
            return kind
    return None
