"""How many connections there may be."""

from collections import Counter
from typing import Final

from deltastream.log_library import structlog

_log = structlog.get_logger()
_LOG_EVERY: Final = 100


class ConnectionLimit:
    """So many connections in all, and so many of one address.

    Args:
        most: in all; 0 for any number.
        most_per_address: of one address; 0 for any number.
    """

    def __init__(self, *, most: int = 0, most_per_address: int = 0) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._by_address: Counter[str] = Counter()
        self._open = 0
        self._refused = 0

    def open(self, address: str) -> bool:
        """Take one more in, which must be closed; False when there are as many as may be."""
        full = self._most and self._open >= self._most
        crowded = self._most_per_address and self._by_address[address] >= self._most_per_address
        if full or crowded:
            self._note_refusal(address)
            return False
        self._open += 1
        self._by_address[address] += 1
        return True

    def close(self, address: str) -> None:
        """One that was taken in is gone."""
        self._open -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _note_refusal(self, address: str) -> None:
        """Log one refusal of many: whoever opens that many connections does not stop there."""
        if not self._by_address[address]:
            del self._by_address[address]
        if self._refused % _LOG_EVERY == 0:
            _log.warning(
                "connection_refused", address=address, open=self._open, refused=self._refused + 1
            )
        self._refused += 1
