"""One connected client."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deltastream.edge.sockets.authentication import Admission
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.frames import frame_of
from deltastream.edge.sockets.limits import TokenBucket
from deltastream.edge.sockets.measures import SENT
from deltastream.edge.sockets.subjects import Subject


@dataclass(eq=False, slots=True, kw_only=True)
class Client:
    """One connected client.

    Attributes:
        mailbox: what waits for it.
        bucket: how many requests it may still send.
        admission: by what it is here.
        subjects: what it has subscribed to.
        left: whether it has gone, perhaps in the middle of a request.
    """

    mailbox: ClientMailbox
    bucket: TokenBucket
    admission: Admission
    subjects: set[Subject] = field(default_factory=set)
    left: bool = False

    def tell(self, event: str, payload: Mapping[str, object]) -> None:
        """Send it an event of its own."""
        self.mailbox.put_nowait(frame_of(event, payload))
        SENT[event].inc()
