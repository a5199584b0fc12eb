"""Where a mesh answers, and whether the way there may carry a secret."""

import ipaddress
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80
_RESOLVERS: Final = ("dns:", "ipv4:", "ipv6:", "unix:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a mesh answers.

    Attributes:
        address: what gRPC connects to.
        tls: whether the connection is encrypted.
        loopback: whether it never leaves this machine.
    """

    address: str
    tls: bool
    loopback: bool

    @classmethod
    def of(cls, address: str, *, tls: bool | None = None) -> Self:
        """Read "host:port", "https://host", "http://host:port" or a gRPC name such as "dns:///…".

        Args:
            address: what to read.
            tls: whether to encrypt; None does so for "https://" alone.

        Raises:
            ValueError: it is none of these, or contradicts `tls`.
        """
        if address.startswith(("https://", "http://")):
            return cls._of_url(address, tls=tls)
        if address.startswith(_RESOLVERS):
            return cls(address=address, tls=bool(tls), loopback=_is_local_name(address))
        host, _, port = address.rpartition(":")
        if not host or not port.isascii() or not port.isdigit():
            raise ValueError(f"{address!r} is no address: write HOST:PORT or https://HOST")
        return cls(address=address, tls=bool(tls), loopback=_is_loopback(host.strip("[]")))

    @classmethod
    def _of_url(cls, url: str, *, tls: bool | None) -> Self:
        parts = urlsplit(url)
        if not parts.hostname or parts.path.strip("/") or parts.query or "@" in parts.netloc:
            raise ValueError(f"{parts.scheme}:// is to be followed by HOST or HOST:PORT alone")
        encrypted = parts.scheme == "https"
        if tls is not None and tls is not encrypted:
            raise ValueError(f"{parts.scheme}:// and tls={tls} contradict each other")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or (_HTTPS_PORT if encrypted else _HTTP_PORT)
        return cls(address=f"{host}:{port}", tls=encrypted, loopback=_is_loopback(parts.hostname))


def _is_local_name(address: str) -> bool:
    """Say whether a gRPC name surely stays on this machine."""
    scheme, _, rest = address.partition(":")
    host = rest.rpartition("/")[2].rpartition(":")[0].strip("[]")
    return scheme == "unix" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
