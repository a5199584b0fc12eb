"""What of one operation's answer another operation takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deltastream.edge.transcoder.http_rule import Binding

_TOKEN: Final = "page_token"  # noqa: S105 - the name of a field
_NEXT: Final = "next_page_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Values that go from an answer to a further request.

    Attributes:
        operation: that takes them, by its id.
        values: parameters or, with `body`, members of the body, and where in the answer each
            stands (RFC 6901).
        body: whether they go into the body.
    """

    operation: str
    values: Mapping[str, str]
    body: bool = False


_SESSION: Final = {
    "Refresh": Link(
        operation="AuthService_Refresh", values={"refresh_token": "/refresh_token"}, body=True
    ),
    "Logout": Link(
        operation="AuthService_Logout", values={"refresh_token": "/refresh_token"}, body=True
    ),
    "Verify": Link(operation="AuthService_Verify", values={"token": "/token"}, body=True),
}
LINKS: Final[Mapping[str, Mapping[str, Link]]] = {
    "StorageService_ListProducts": {
        "Expiries": Link(
            operation="StorageService_ListExpiries", values={"product": "/products/0"}
        ),
        "Ticks": Link(operation="StorageService_ListTicks", values={"product": "/products/0"}),
        "Chains": Link(operation="StorageService_ListChains", values={"product": "/products/0"}),
    },
    "StorageService_ListExpiries": {
        "Chains": Link(
            operation="StorageService_ListChains2",
            values={"product": "/product", "expiry": "/expiries/0"},
        ),
        "MaxPain": Link(operation="AnalyticsService_GetMaxPain", values={"product": "/product"}),
    },
    "StorageService_ListChains": {
        "Quotes": Link(
            operation="StorageService_ListQuotes",
            values={"symbol": "/chains/0/calls/0/symbol"},
        ),
    },
    "EnrichmentService_ListDeadLetters": {
        "Letter": Link(
            operation="EnrichmentService_GetDeadLetter", values={"id": "/dead_letters/0/id"}
        ),
    },
    "AuthService_Register": _SESSION,
    "AuthService_Login": _SESSION,
    "AuthService_CreateApiKey": {
        "Delete": Link(operation="AuthService_DeleteApiKey", values={"id": "/api_key/id"}),
        "Exchange": Link(
            operation="AuthService_ExchangeApiKey", values={"api_key": "/secret"}, body=True
        ),
    },
    "AuthService_ListApiKeys": {
        "Delete": Link(operation="AuthService_DeleteApiKey", values={"id": "/api_keys/0/id"}),
    },
}
"""By the id of the operation that answers."""


def operation_id(binding: Binding) -> str:
    """Return the id of a binding's operation."""
    method = binding.method
    number = str(binding.index + 1) if binding.index else ""
    return f"{method.containing_service.name}_{method.name}{number}"


def links_of(binding: Binding) -> dict[str, Any]:
    """Return the links of a binding's answer, by name."""
    links = {name: _written(link) for name, link in LINKS.get(operation_id(binding), {}).items()}
    method = binding.method
    if _NEXT in method.output_type.fields_by_name and _TOKEN in method.input_type.fields_by_name:
        links["NextPage"] = _next_page(binding)
    return links


def _written(link: Link) -> dict[str, Any]:
    values = {name: f"$response.body#{pointer}" for name, pointer in link.values.items()}
    return {"operationId": link.operation, "requestBody" if link.body else "parameters": values}


def _next_page(binding: Binding) -> dict[str, Any]:
    path = {name: f"$request.path.{name}" for name in binding.variables}
    return {
        "operationId": operation_id(binding),
        "description": "The next page, by the same filters; none where the token is empty.",
        "parameters": {**path, _TOKEN: f"$response.body#/{_NEXT}"},
    }
