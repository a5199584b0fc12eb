"""Asks the edge of one's own machine, with the standard library alone."""

import http.client
import ssl
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

_CERTIFICATE: Final = "DELTASTREAM_EDGE_TLS_CERTIFICATE"


def edge_url(address: str, environment: Mapping[str, str]) -> str:
    """Return the URL of an edge.

    Args:
        address: HOST:PORT.
        environment: what it was told.
    """
    return f"{'https' if environment.get(_CERTIFICATE) else 'http'}://{address}"


def connection_to(url: str, *, seconds: float) -> http.client.HTTPConnection:
    """Return a connection to an edge on this machine, not connected yet.

    Whose certificate it shows does not matter: it is asked how it fares, and told nothing.

    Args:
        url: see edge_url.
        seconds: how long each step may take.
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return http.client.HTTPConnection(parts.netloc, timeout=seconds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=context)
