"""How much one client may ask of the gateway."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """The bounds of the gateway.

    Attributes:
        rooms: the most subscriptions of one client; more are refused.
        requests_per_second: how many requests a client may send, sustained.
        request_burst: how many it may send at once after a pause.
        request_bytes: the longest request; a longer one is refused.
        packet_bytes: the longest packet of the transport; a longer one ends the connection.
        replies: the most replies that wait for a client; a client that lets more pile up is
            disconnected.
        sockets_per_address: the most sessions of one client address; 0 is any number.
        connect_seconds: how long a session may exist without having been admitted.
        body_seconds: how long the body of a polling request may take.
        close_seconds: how long a closed session may keep its connection.
        ping_interval: seconds between two pings of a client.
        ping_timeout: seconds in which the client must answer one.
        recent_ticks: the updates kept a product to fill the gap of a client that resumes.
        recent_chains: likewise for whole chains, which are a hundred times larger.
    """

    rooms: int = 64
    requests_per_second: float = 20.0
    request_burst: int = 40
    request_bytes: int = 4096
    packet_bytes: int = 65_536
    replies: int = 256
    sockets_per_address: int = 0
    connect_seconds: float = 8.0
    body_seconds: float = 8.0
    close_seconds: float = 2.0
    ping_interval: float = 10.0
    ping_timeout: float = 10.0
    recent_ticks: int = 256
    recent_chains: int = 32


class TokenBucket:
    """Allows a sustained rate, and a burst after a pause."""

    def __init__(self, *, rate: float, burst: int, monotonic: Callable[[], float]) -> None:
        """Make a full bucket.

        Args:
            rate: tokens that come back a second.
            burst: the most tokens it holds.
            monotonic: the time in seconds.
        """
        self._rate = rate
        self._burst = float(burst)
        self._monotonic = monotonic
        self._tokens = float(burst)
        self._filled_at = monotonic()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        now = self._monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
