"""What the Socket.IO server leaves to others."""

from collections.abc import Sequence
from typing import Protocol

from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.refusal import RefusedError


class Sessions(Protocol):
    """What becomes of clients and their requests."""

    async def admit(self, sid: str, auth: object) -> None:
        """Decide by the `auth` payload whether a client may connect.

        Raises:
            RefusedError: it may not.
        """
        ...

    def join(self, sid: str, mailbox: ClientMailbox) -> None:
        """Take in a client that has been told that it is connected."""
        ...

    def leave(self, sid: str) -> None:
        """Forget a client."""
        ...

    def account_of(self, sid: str) -> str | None:
        """Return whose a client is; None if nobody's that is known."""
        ...

    async def answer(self, sid: str, event: str, arguments: Sequence[object]) -> dict[str, object]:
        """Handle a request and return its ack."""
        ...

    async def overdue(self) -> Sequence[str]:
        """Tell those who may not stay why, and return their sids: their sessions are to end."""
        ...

    def refuse(self, sid: str, refused: RefusedError) -> dict[str, object]:
        """Tell a client that a request of it is refused, and return its ack."""
        ...
