"""The messages of Socket.IO: what the gateway sends, what clients send, and the acks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deltastream.edge.asyncapi import socket_examples
from deltastream.edge.asyncapi.shape_schemas import schema_of
from deltastream.edge.openapi.rules import Schema
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.sockets import events, shapes
from deltastream.edge.sockets.events import Event, MarketEvent, Request

CONNECT: Final = "connect"
CONNECT_ERROR: Final = "connect_error"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketMessage:
    """A message.

    Attributes:
        key: names it in the channel.
        name: on the wire; an ack has none, and is named like its key.
        about: when it comes.
        payload: its schema.
        example: a payload that the code made.
    """

    key: str
    name: str
    about: str
    payload: Schema
    example: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """Return it as the document has it."""
        message: dict[str, Any] = {
            "name": self.name,
            "summary": self.about,
            "contentType": "application/json",
            "payload": self.payload,
        }
        if self.example is not None:
            message["examples"] = [{"name": self.key, "payload": self.example}]
        return message


def ack_key(request: Request) -> str:
    """Return the key of a request's ack."""
    return f"{request.name}_ack"


def socket_messages(schemas: Schemas) -> Iterator[SocketMessage]:
    """Yield all messages of the channel.

    Args:
        schemas: of the contract's messages.
    """
    yield SocketMessage(
        key=CONNECT,
        name=CONNECT,
        about="Asks for admission: the `auth` payload of a Socket.IO connection.",
        payload=schema_of(shapes.Credentials),
        example=socket_examples.OTHERS[CONNECT],
    )
    yield SocketMessage(
        key=CONNECT_ERROR,
        name=CONNECT_ERROR,
        about="The client is not admitted.",
        payload=schema_of(shapes.Rejection),
        example=socket_examples.OTHERS[CONNECT_ERROR],
    )
    for event in events.EVENTS:
        yield SocketMessage(
            key=event.name,
            name=event.name,
            about=event.about,
            payload=_payload(event, schemas),
            example=socket_examples.EVENTS[event.name],
        )
    for request in events.REQUESTS:
        yield from _asked(request)
    yield SocketMessage(
        key=REFUSED,
        name=REFUSED,
        about="The ack of a request that is refused; the `error` event says so too.",
        payload=schema_of(shapes.RefusedAck),
        example=socket_examples.OTHERS[REFUSED],
    )


def _asked(request: Request) -> Iterator[SocketMessage]:
    argument = request.argument
    yield SocketMessage(
        key=request.name,
        name=request.name,
        about=request.about,
        # A request without an argument may be sent with none, null or an empty object.
        payload={"type": ["null", "object"], "maxProperties": 0}
        if argument is None
        else schema_of(argument, closed=True),
        example=socket_examples.REQUESTS.get(request.name),
    )
    yield SocketMessage(
        key=ack_key(request),
        name=ack_key(request),
        about=f"The ack of `{request.name}`.",
        payload=schema_of(request.ack),
        example=socket_examples.ACKS[request.name],
    )


def _payload(event: Event | MarketEvent, schemas: Schemas) -> Schema:
    if isinstance(event, Event):
        return schema_of(event.payload)
    seq = {"seq": _SEQ}
    if not event.always:
        whole = schemas.reference(event.message, request=False)
        return {"allOf": [whole, {"type": "object", "properties": seq, "required": ["seq"]}]}
    fields = event.message.fields_by_name
    chosen = (*event.always, *event.if_known)
    return {
        "type": "object",
        "properties": {name: schemas.described(fields[name]) for name in chosen} | seq,
        "required": [*event.always, "seq"],
    }


_SEQ: Final[Schema] = schema_of(shapes.SubscribeAck)["properties"]["seq"]
