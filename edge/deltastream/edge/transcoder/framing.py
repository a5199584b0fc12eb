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


class Framing(Protocol):
    """Turns the frames of a stream into bytes."""

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        ...

    def resume(self, message: Any, request: web.BaseRequest) -> None:
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


class NdjsonFraming:
    """One JSON object a line, as grpc-gateway writes them."""

    content_type = NDJSON

    def resume(self, message: Any, request: web.BaseRequest) -> None:
        """Do nothing: the client puts its token in the query."""

    def frame(self, message: Message) -> bytes:
        """Return `{"result": …}` and a line end."""
        return b'{"result":' + to_json(message) + b"}\n"

    def failure(self, status: status_pb2.Status) -> bytes:
        """Return `{"error": …}` and a line end."""
        return b'{"error":' + to_json(status) + b"}\n"


class EventStreamFraming:
    """Server-sent events, as browsers' EventSource reads them.

    `event` is the name of the frame's kind, `id` its resume token, `data` the whole message.
    """

    content_type = EVENT_STREAM

    def resume(self, message: Any, request: web.BaseRequest) -> None:
        """Take the token of `Last-Event-ID`, which browsers send when they reconnect.

        It is newer than one in the query, which a browser repeats as it was.
        """
        token = request.headers.get(LAST_EVENT_ID)
        if token and "resume_token" in message.DESCRIPTOR.fields_by_name:
            try:
                message.resume_token = token
            except UnicodeEncodeError:
                raise MalformedValueError(LAST_EVENT_ID, "must be UTF-8") from None

    def frame(self, message: Message) -> bytes:
        """Return one event."""
        lines = []
        kind = _kind_of(message)
        if kind is not None:
            lines.append(b"event: " + kind.encode())
            lines.extend(_reconnection_delay(getattr(message, kind)))
        token = getattr(message, "resume_token", "")
        if token:
            lines.append(b"id: " + token.encode())
        lines.append(b"data: " + to_json(message))
        return b"\n".join(lines) + b"\n\n"

    def failure(self, status: status_pb2.Status) -> bytes:
        """Return an event of kind `error`."""
        return b"event: error\ndata: " + to_json(status) + b"\n\n"


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


def _reconnection_delay(frame: Any) -> list[bytes]:
    """Return the line that tells a browser how long to wait, if the frame says so."""
    if "reconnect_after" not in frame.DESCRIPTOR.fields_by_name:
        return []
    return [b"retry: %d" % frame.reconnect_after.ToMilliseconds()]
