"""The Socket.IO channel and its operations."""

from collections.abc import Iterator
from typing import Any, Final

from deltastream.edge.asyncapi.references import Part, channel, message_of
from deltastream.edge.asyncapi.socket_messages import (
    CONNECT,
    CONNECT_ERROR,
    REFUSED,
    ack_key,
    socket_messages,
)
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.sockets import events

CHANNEL: Final = "socketio"
ADDRESS: Final = "/socket.io/"
_ABOUT: Final = """\
Socket.IO protocol 5 over Engine.IO 4, by websocket or long polling, in the default namespace.

An event travels as `42["NAME",PAYLOAD]`; the payloads here are its one argument. Every request is
acknowledged. A refused one has changed nothing, and is answered by an `error` event too.

Everybody receives `underlying_update` and `chain_summary` of all products; who subscribes to a
`chain` receives `chain_update` of it too. No update comes twice to one client. `seq` grows by one
from each update of a subject (a product, or its chains) to the next: give the last one as `resume`
when subscribing again, and the ack says whether what was missed follows. Who connects gets the
latest of all products at once, so that who resumes a product sees its numbers go back once, and has
every update in order from its `subscribed` on. A slow client gets the newest of what waits for it.
"""


def socket_channel(schemas: Schemas) -> dict[str, Any]:
    """Return the channel."""
    return {
        "address": ADDRESS,
        "title": "Socket.IO",
        "description": _ABOUT,
        "messages": {message.key: message.document() for message in socket_messages(schemas)},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {
                        "EIO": {"type": "string", "const": "4"},
                        "transport": {"type": "string", "enum": ["polling", "websocket"]},
                    },
                    "required": ["EIO", "transport"],
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def socket_operations() -> Iterator[tuple[str, Part]]:
    """Yield the operations, by name."""
    yield (
        "socket_connect",
        {
            "action": "receive",
            "channel": channel(CHANNEL),
            "summary": "Admits a client, or refuses it.",
            "messages": [message_of(CHANNEL, CONNECT)],
            "reply": _reply(events.CONNECTED.name, CONNECT_ERROR),
        },
    )
    for request in events.REQUESTS:
        yield (
            f"socket_{request.name}",
            {
                "action": "receive",
                "channel": channel(CHANNEL),
                "summary": request.about,
                "messages": [message_of(CHANNEL, request.name)],
                "reply": _reply(ack_key(request), REFUSED),
            },
        )
    for event in events.EVENTS:
        yield (
            f"socket_send_{event.name}",
            {
                "action": "send",
                "channel": channel(CHANNEL),
                "summary": event.about,
                "messages": [message_of(CHANNEL, event.name)],
            },
        )


def _reply(*keys: str) -> Part:
    return {
        "channel": channel(CHANNEL),
        "messages": [message_of(CHANNEL, key) for key in keys],
    }
