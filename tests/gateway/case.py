"""What both sides are asked, and in what their answers must differ."""

from dataclasses import dataclass

from google.protobuf.message import Message
from tests.gateway.exchange import Request
from tests.gateway.scripted_services import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request, what the service makes of it, and what must be different.

    Attributes:
        differs: names of wanted differences.
        frames: what the service answers; an empty message if it is told nothing.
        failure: what the service fails with after that.
    """

    request: Request
    differs: frozenset[str]
    frames: tuple[Message, ...] = ()
    failure: Failure | None = None

    @property
    def name(self) -> str:
        """What a test of it is called."""
        request = self.request
        body = request.body[:60].decode(errors="backslashreplace")
        failure = "" if self.failure is None else self.failure.code.name
        return " ".join(filter(None, (request.method, request.target[:80], body, failure)))
