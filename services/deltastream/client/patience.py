"""Whether, and when, a stream that was lost is tried again."""

from collections.abc import Callable
from typing import Final

from deltastream.client.backoff import Backoff
from deltastream.client.errors import (
    CallError,
    ClosedError,
    GaveUpError,
    MeshError,
    UnauthenticatedError,
    is_permanent,
)

_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 1.0
_LONGEST_WISH_SECONDS: Final = 60.0


class Patience:
    """Pauses between tries: ever longer, never shorter than the server asks, and not for ever."""

    def __init__(
        self,
        *,
        chance: Callable[[], float],
        monotonic: Callable[[], float],
        give_up_after: float | None = None,
        permanent: Callable[[CallError], bool] = is_permanent,
        renews_token: bool = False,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Be as patient as can be.

        Args:
            chance: numbers in [0, 1).
            monotonic: the time in seconds.
            give_up_after: the seconds of trouble after which there is no further try; None means
                never to give up.
            permanent: says of a failure whether no further try would change it.
            renews_token: whether the next try brings a token of its own: then the first refusal
                of one is not permanent.
            refused: told of that first refusal.
        """
        self._backoff = Backoff(
            first=_FIRST_PAUSE_SECONDS, most=_LONGEST_PAUSE_SECONDS, chance=chance
        )
        self._chance = chance
        self._monotonic = monotonic
        self._give_up_after = give_up_after
        self._permanent = permanent
        self._renews_token = renews_token
        self._refused = refused
        self._renewed = False
        self._since: float | None = None

    def recovered(self) -> None:
        """Take the stream for well again."""
        self._backoff.reset()
        self._since = None
        self._renewed = False

    def pause_after(self, trouble: MeshError) -> float:
        """Return the seconds to wait before the next try.

        Raises:
            CallError: the trouble, if it is permanent.
            ClosedError: likewise.
            GaveUpError: the trouble has lasted too long.
        """
        if isinstance(trouble, UnauthenticatedError) and self._renews_token and not self._renewed:
            self._renewed = True
            self._refused()
            return 0.0
        if isinstance(trouble, ClosedError):
            raise trouble
        if isinstance(trouble, CallError) and self._permanent(trouble):
            raise trouble
        asked = trouble.retry_after if isinstance(trouble, CallError) else None
        pause = max(self._backoff.pause(), self._granted(asked or 0.0))
        return min(pause, self._left(trouble))

    def pause_as_asked(self, seconds: float) -> float:
        """Return the seconds to wait when the server has said goodbye and how long to stay away."""
        return max(self._backoff.pause(), self._granted(seconds))

    def _granted(self, seconds: float) -> float:
        """Spread out those whom a server sends away all at once, by up to a half."""
        return min(seconds, _LONGEST_WISH_SECONDS) * (1.0 + self._chance() / 2.0)

    def _left(self, trouble: MeshError) -> float:
        now = self._monotonic()
        self._since = now if self._since is None else self._since
        if self._give_up_after is None:
            return float("inf")
        left = self._since + self._give_up_after - now
        if left <= 0:
            raise GaveUpError(self._give_up_after) from trouble
        return left
