"""The AsyncAPI document as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from google.protobuf.descriptor import ServiceDescriptor

from deltastream.edge.asyncapi.references import Part
from deltastream.edge.asyncapi.sockets import CHANNEL, socket_channel, socket_operations
from deltastream.edge.asyncapi.streams import stream_channel, stream_operation
from deltastream.edge.openapi.errors import status_schemas
from deltastream.edge.openapi.links import operation_id
from deltastream.edge.openapi.reasons import reasons_of
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.openapi.security import security_schemes
from deltastream.edge.sockets.events import EVENTS, MarketEvent
from deltastream.edge.transcoder.http_rule import Binding, bindings_of

_ABOUT: Final = """\
Live option chains and what they mean, as they change: over Socket.IO, and as HTTP responses that
grow line by line or event by event. It is told from the server's side: what it sends, clients
receive.

- Numbers are JSON numbers, except 64-bit integers, which are strings.
- A figure that cannot be computed is left out, and `missing` says why. It is never 0 or NaN.
- Times are RFC 3339 in UTC, durations are seconds such as `5s`.

/api/openapi.json describes the calls that are answered at once.
"""


def document_of(
    services: Sequence[ServiceDescriptor], comments: Mapping[str, str]
) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of the services' streams and of Socket.IO.

    Args:
        services: in the order in which they appear.
        comments: of the contract, by full name.
    """
    streams = [
        binding
        for service in services
        for binding in bindings_of(service)
        if binding.method.server_streaming
    ]
    market = [event.message for event in EVENTS if isinstance(event, MarketEvent)]
    schemas = Schemas(
        queries=[binding.method.input_type for binding in streams],
        requests=[],
        responses=[*(binding.method.output_type for binding in streams), *market],
        comments=comments,
    )
    statuses = status_schemas(tuple(reasons_of(comments)), comments)
    return {
        "asyncapi": "3.0.0",
        "info": _info(services, comments),
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": _channels(streams, schemas),
        "operations": _operations(streams, schemas, comments),
        "components": {
            "schemas": dict(sorted((schemas.components() | statuses).items())),
            "securitySchemes": _security_schemes(),
        },
    }


def _info(services: Sequence[ServiceDescriptor], comments: Mapping[str, str]) -> Part:
    return {
        "title": "DeltaStream",
        "version": "v1",
        "description": _ABOUT,
        "license": {"name": "MIT"},
        "tags": [
            {"name": service.name, "description": comments.get(service.full_name, "")}
            for service in services
        ],
    }


def _servers() -> Part:
    variables = {"host": {"default": "localhost:8000", "description": "Where the edge listens."}}
    return {
        "socketio": {
            "host": "{host}",
            "protocol": "ws",
            "description": "Socket.IO; the access token travels in the `auth` payload.",
            "variables": variables,
        },
        "http": {
            "host": "{host}",
            "protocol": "http",
            "description": "Streams as responses to HTTP requests.",
            "variables": variables,
        },
    }


def _channels(streams: Sequence[Binding], schemas: Schemas) -> Part:
    sockets = socket_channel(schemas) | {"servers": [{"$ref": "#/servers/socketio"}]}
    http = {"servers": [{"$ref": "#/servers/http"}]}
    return {
        CHANNEL: sockets,
        **{operation_id(one): stream_channel(one, schemas) | http for one in streams},
    }


def _operations(streams: Sequence[Binding], schemas: Schemas, comments: Mapping[str, str]) -> Part:
    return dict(socket_operations()) | dict(
        stream_operation(binding, schemas=schemas, comments=comments) for binding in streams
    )


def _security_schemes() -> Part:
    schemes = security_schemes()
    # What OpenAPI calls an apiKey is an httpApiKey here.
    return {
        name: scheme | ({"type": "httpApiKey"} if scheme["type"] == "apiKey" else {})
        for name, scheme in schemes.items()
    }
