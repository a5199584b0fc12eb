"""The OpenAPI document as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from google.protobuf.descriptor import ServiceDescriptor

from deltastream.edge.openapi.errors import response_components, status_schemas
from deltastream.edge.openapi.headers import header_components, parameter_components
from deltastream.edge.openapi.operations import operation_of
from deltastream.edge.openapi.reasons import reasons_of
from deltastream.edge.openapi.schemas import Schemas
from deltastream.edge.openapi.security import security_schemes
from deltastream.edge.transcoder.http_rule import Binding, bindings_of, variables_of

_ABOUT: Final = """\
Live option chains and what they mean: the HTTP form of DeltaStream's gRPC services.

- Numbers are JSON numbers, except 64-bit integers, which are strings.
- A figure that cannot be computed is left out, and `missing` says why. It is never 0 or NaN.
- Times are RFC 3339 in UTC, durations are seconds such as `5s`.
- Every failure is a google.rpc.Status whose first detail, an ErrorInfo, has a reason for programs.
- A query parameter or field that a method does not have is an error that names its nearest
  neighbour.
- A unary call ends after 10 s unless the header `Grpc-Timeout` says otherwise: `500m`, `20S`.
- Long answers are compressed for clients that accept brotli or gzip.
- Lists come in pages: give `next_page_token` of one as `page_token` of the next, beside the same
  filters.

/api/asyncapi.json describes the streams and Socket.IO.
"""


def document_of(
    services: Sequence[ServiceDescriptor], comments: Mapping[str, str]
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the services.

    Args:
        services: in the order in which they appear.
        comments: of the contract, by full name.
    """
    bindings = [binding for service in services for binding in bindings_of(service)]
    reasons = tuple(reasons_of(comments))
    schemas = Schemas(
        queries=[binding.method.input_type for binding in bindings if binding.takes_query],
        requests=[binding.method.input_type for binding in bindings if binding.takes_body],
        responses=[binding.method.output_type for binding in bindings],
        comments=comments,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DeltaStream",
            "version": "v1",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": service.name, "description": comments.get(service.full_name, "")}
            for service in services
        ],
        "paths": _paths(bindings, schemas, comments),
        "components": {
            "schemas": dict(
                sorted((schemas.components() | status_schemas(reasons, comments)).items())
            ),
            "responses": response_components(reasons),
            "parameters": parameter_components(),
            "headers": header_components(),
            "securitySchemes": security_schemes(),
        },
    }


def _paths(
    bindings: Sequence[Binding], schemas: Schemas, comments: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for binding in bindings:
        item = paths.setdefault(_plain(binding.template), {})
        item[binding.http_method.lower()] = operation_of(
            binding, schemas=schemas, comments=comments
        )
    return paths


def _plain(template: str) -> str:
    """Return a path template without the patterns of its variables, which OpenAPI cannot say."""
    for name, pattern in variables_of(template):
        template = template.replace(f"{{{name}={pattern}}}", f"{{{name}}}")
    return template
