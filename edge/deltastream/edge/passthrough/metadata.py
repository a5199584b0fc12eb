"""Which metadata cross the edge: what callers and services say to one another, nothing else."""

from collections.abc import Iterable
from typing import Final

from deltastream.edge.credentials import API_KEY

Metadata = tuple[tuple[str, str | bytes], ...]

# Of one connection, by RFC 9110, or written anew by gRPC for the next one.
_OF_ONE_HOP: Final = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_RESERVED: Final = (":", "grpc-")
_BINARY: Final = "-bin"
# Exchanged here for a token: services know no keys.
_KEPT: Final = frozenset({API_KEY})


def passed_on(metadata: Iterable[tuple[str, str | bytes]]) -> Metadata:
    """Return what a service is to hear of its caller's metadata, in their order.

    Text that gRPC would not send is left out: it would fail the call here, in the caller's name.
    """
    return tuple(
        (key, value)
        for key, value in metadata
        if key not in _OF_ONE_HOP
        and key not in _KEPT
        and not key.startswith(_RESERVED)
        and _sendable(key, value)
    )


def _sendable(key: str, value: str | bytes) -> bool:
    return key.endswith(_BINARY) or (
        isinstance(value, str) and value.isascii() and value.isprintable()
    )


def keys_among(metadata: Iterable[tuple[str, str | bytes]]) -> list[str | bytes]:
    """Return the API keys among a caller's metadata."""
    return [value for key, value in metadata if key == API_KEY]
