"""The clients that are connected, from admission to farewell."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from deltastream.edge.sockets import payloads
from deltastream.edge.sockets.audience import Audience
from deltastream.edge.sockets.authentication import Admission, Doorkeeper
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.client import Client
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.events import CONNECTED, ERROR, GREETING
from deltastream.edge.sockets.handlers import Ack, Handlers
from deltastream.edge.sockets.limits import SocketLimits, TokenBucket
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.shapes import Connected, RefusedAck
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.log_library import structlog
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_log = structlog.get_logger()
_connected: Final = PROCESS.gauge(names.SOCKETS_CONNECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recheck:
    """Whether a client may stay, while that is being found out.

    Attributes:
        admission: by what the client was here when it began.
        refused: why it may not stay; None if it may.
    """

    admission: Admission
    refused: asyncio.Task[RefusedError | None]


class Clients:
    """Takes clients in and answers them: the `Sessions` of the Socket.IO server."""

    def __init__(
        self,
        *,
        doorkeeper: Doorkeeper,
        handlers: Handlers,
        rooms: Rooms[ClientMailbox],
        broadcast: Broadcast,
        audience: Audience,
        limits: SocketLimits,
        monotonic: Callable[[], float],
    ) -> None:
        """Start without clients.

        Args:
            doorkeeper: decides who may connect.
            handlers: do what clients ask for.
            rooms: who receives what.
            broadcast: has what a client that connects is given.
            audience: is told of each that comes and goes.
            limits: see SocketLimits.
            monotonic: the time in seconds.
        """
        self._doorkeeper = doorkeeper
        self._handlers = handlers
        self._rooms = rooms
        self._broadcast = broadcast
        self._audience = audience
        self._limits = limits
        self._monotonic = monotonic
        self._clients: dict[str, Client] = {}
        self._admitted: dict[str, Admission] = {}
        self._rechecks: dict[str, _Recheck] = {}

    async def admit(self, sid: str, auth: object) -> None:
        """Decide whether a client may connect; raises RefusedError if not."""
        try:
            self._admitted[sid] = await self._doorkeeper.admit(auth)
        except RefusedError:
            raise
        except Exception:  # noqa: BLE001 - the client is told, the log has the cause
            _log.exception("socket_admission_failed", sid=sid)
            raise _internal() from None

    def join(self, sid: str, mailbox: ClientMailbox) -> None:
        """Take a client in and give it the latest of all products."""
        bucket = TokenBucket(
            rate=self._limits.requests_per_second,
            burst=self._limits.request_burst,
            monotonic=self._monotonic,
        )
        admission = self._admitted.pop(sid)
        client = Client(mailbox=mailbox, bucket=bucket, admission=admission)
        self._clients[sid] = client
        _connected.inc()
        self._audience.arrive()
        self._rooms.enter_general(mailbox)
        expiry = payloads.expiry(admission.principal)
        greeting = Connected(message=GREETING, rooms=["general"], **expiry)
        client.tell(CONNECTED.name, greeting)
        self._broadcast.welcome(mailbox)

    def leave(self, sid: str) -> None:
        """Forget a client."""
        self._admitted.pop(sid, None)
        recheck = self._rechecks.pop(sid, None)
        if recheck is not None:
            recheck.refused.cancel()
        client = self._clients.pop(sid, None)
        if client is None:
            return
        client.left = True
        _connected.dec()
        self._rooms.leave_general(client.mailbox)
        for subject in client.subjects:
            self._rooms.leave(subject, client.mailbox)
        self._audience.depart()

    async def overdue(self) -> list[str]:
        """Tell those whose credentials have ended that they must go, and return their sids.

        Whether an API key is still good may take auth seconds to say, and nobody is to stay
        meanwhile for want of being looked at: a later call returns those whose keys are not.
        """
        ended = []
        for sid, client in tuple(self._clients.items()):
            if client.admission.api_key:
                refused = self._recheck_meanwhile(sid, client)
            else:
                refused = await self._recheck(client)
            if refused is not None:
                self.refuse(sid, refused)
                ended.append(sid)
        return ended

    def account_of(self, sid: str) -> str | None:
        """Return whose a client is; None if nobody's that is known."""
        client = self._clients.get(sid)
        principal = None if client is None else client.admission.principal
        return None if principal is None else principal.subject

    async def answer(self, sid: str, event: str, arguments: Sequence[object]) -> Ack:
        """Handle a request; a refused one is acknowledged as such, and changes nothing."""
        client = self._clients.get(sid)
        if client is None:
            return {"ok": False}
        try:
            return await self._handle(client, event, arguments)
        except RefusedError as error:
            refused = error
        except Exception:  # noqa: BLE001 - the client is told, the log has the cause
            _log.exception("socket_request_failed", sid=sid, request=event)
            refused = _internal()
        return self.refuse(sid, refused)

    def refuse(self, sid: str, refused: RefusedError) -> Ack:
        """Tell a client that a request of it is refused, and return its ack."""
        client = self._clients.get(sid)
        if client is not None:
            client.tell(ERROR.name, refused.payload)
        return {**RefusedAck(ok=False, error=refused.payload)}

    def _recheck_meanwhile(self, sid: str, client: Client) -> RefusedError | None:
        """Return why a client may not stay, if that has been found out; else find it out."""
        recheck = self._rechecks.get(sid)
        if recheck is not None:
            if not recheck.refused.done():
                return None
            refused = recheck.refused.result()
            # It may have sent newer ones meanwhile.
            if refused is not None and client.admission is recheck.admission:
                return refused
        self._rechecks[sid] = _Recheck(
            admission=client.admission, refused=asyncio.create_task(self._recheck(client))
        )
        return None

    async def _recheck(self, client: Client) -> RefusedError | None:
        """Return why a client may not stay; None if it may, perhaps with a newer token."""
        admission = client.admission
        try:
            checked = await self._doorkeeper.recheck(admission)
        except RefusedError as refused:
            return refused
        if client.admission is admission:
            client.admission = checked
        return None

    async def _handle(self, client: Client, event: str, arguments: Sequence[object]) -> Ack:
        if not client.bucket.take():
            raise RefusedError(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                f"at most {self._limits.requests_per_second:g} requests a second are answered",
            )
        return await self._handlers.handle(client, event, arguments)


def _internal() -> RefusedError:
    return RefusedError(
        ErrorReason.ERROR_REASON_INTERNAL, "internal error; the server's log has the cause"
    )
