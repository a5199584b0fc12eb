"""Who asks, as far as limits are concerned."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final, NamedTuple

import grpc
from aiohttp import hdrs, web

from deltastream.edge.limits.accounts import Sent, of_nobody
from deltastream.runtime.interceptors.base import Context

_API_KEY: Final = "x-api-key"
_FORWARDED_FOR: Final = "x-forwarded-for"
_FORWARDED_PROTO: Final = "x-forwarded-proto"
# What an owner of one IPv6 address commonly owns.
_IPV6_PREFIX: Final = 64
_KNOWN_ADDRESSES: Final = 4096


class Caller(NamedTuple):
    """Who asks.

    Attributes:
        address: of the client, or of its network.
        account: says whose credentials were sent; None if nobody's that is known. It may have to
            verify a token: whoever is refused for the address is not asked.
    """

    address: str
    account: Callable[[], str | None]


class Callers:
    """Tells callers apart.

    Args:
        trusted_hops: how many proxies stand before the edge, each of which adds to
            `X-Forwarded-For` whom it was called by. What stands left of that was written by
            the client, who may write anything.
        account_of: knows accounts by the headers `authorization` and `x-api-key`; by default none.
    """

    def __init__(
        self,
        *,
        trusted_hops: int = 0,
        account_of: Callable[[Sent, Sent], str | None] = of_nobody,
    ) -> None:
        self._trusted_hops = trusted_hops
        self._account_of = account_of

    def of_request(self, request: web.BaseRequest) -> Caller:
        """Return who sent an HTTP request."""
        headers = request.headers
        account = partial(self._account_of, headers.get(hdrs.AUTHORIZATION), headers.get(_API_KEY))
        return Caller(self.address_of_request(request), account)

    def address_of_request(self, request: web.BaseRequest) -> str:
        """Return the address of who sent an HTTP request."""
        forwarded = request.headers.getall(_FORWARDED_FOR, ()) if self._trusted_hops else ()
        return self._address(request.remote or "", forwarded)

    def of_call(self, details: grpc.HandlerCallDetails, context: Context) -> Caller:
        """Return who makes a gRPC call."""
        metadata: Mapping[str, str | bytes] = dict(details.invocation_metadata or ())
        forwarded = [
            value
            for key, value in details.invocation_metadata or ()
            if key == _FORWARDED_FOR and isinstance(value, str)
        ]
        account = partial(self._account_of, metadata.get("authorization"), metadata.get(_API_KEY))
        return Caller(self._address(_host_of(context.peer()), forwarded), account)

    def is_secure(self, request: web.BaseRequest) -> bool:
        """Say whether a request came over TLS, here or to the nearest proxy."""
        if not self._trusted_hops:
            return request.secure
        return request.headers.get(_FORWARDED_PROTO, "").rpartition(",")[2].strip() == "https"

    def _address(self, peer: str, forwarded: Sequence[str]) -> str:
        if not self._trusted_hops or not forwarded:
            return network_of(peer)
        hops = ",".join(forwarded).split(",")
        if len(hops) < self._trusted_hops:
            return network_of(peer)
        return network_of(hops[-self._trusted_hops].strip())


@lru_cache(maxsize=_KNOWN_ADDRESSES)
def network_of(address: str) -> str:
    """Return an IPv4 address as it is, and the network of an IPv6 one; "" for what is neither."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))


def _host_of(peer: str) -> str:
    """Return the host of gRPC's "ipv4:127.0.0.1:50000" or "ipv6:%5B::1%5D:50000"."""
    _, _, rest = peer.partition(":")
    host = rest.rpartition(":")[0]
    return host.removeprefix("%5B").removeprefix("[").removesuffix("%5D").removesuffix("]")
