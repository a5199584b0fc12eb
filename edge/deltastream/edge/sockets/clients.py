"""The clients, and what each request of theirs does."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from deltastream.edge.sockets.audience import Audience
from deltastream.edge.sockets.authentication import Doorkeeper
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.catalogue import Catalogue
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.frames import frame_of
from deltastream.edge.sockets.limits import SocketLimits, TokenBucket
from deltastream.edge.sockets.packets import REQUEST_BYTES, TOO_LARGE, UNREADABLE
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.requests import read_subscribe, read_unsubscribe
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.subjects import Subject
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

Ack = dict[str, object]
_log = structlog.get_logger()
_GREETING: Final = "connected to DeltaStream"


@dataclass(eq=False, slots=True, kw_only=True)
class Client:
    """One connected client.

    Attributes:
        mailbox: what waits for it.
        bucket: how many requests it may still send.
        subjects: what it has subscribed to.
        left: whether it has gone, perhaps in the middle of a request.
    """

    mailbox: ClientMailbox
    bucket: TokenBucket
    subjects: set[Subject] = field(default_factory=set)
    left: bool = False

    def tell(self, event: str, payload: dict[str, object]) -> None:
        """Send it an event of its own."""
        self.mailbox.put_nowait(frame_of(event, payload))


class Clients:
    """Takes clients in and answers them; the `Sessions` of the Socket.IO server."""

    def __init__(
        self,
        *,
        doorkeeper: Doorkeeper,
        catalogue: Catalogue,
        rooms: Rooms[ClientMailbox],
        broadcast: Broadcast,
        audience: Audience,
        limits: SocketLimits,
        monotonic: Callable[[], float],
    ) -> None:
        """Start without clients.

        Args:
            doorkeeper: decides who may connect.
            catalogue: knows what can be subscribed to.
            rooms: who receives what.
            broadcast: has what a client that joins is given.
            audience: is told of each that comes and goes.
            limits: see SocketLimits.
            monotonic: the time in seconds.
        """
        self._doorkeeper = doorkeeper
        self._catalogue = catalogue
        self._rooms = rooms
        self._broadcast = broadcast
        self._audience = audience
        self._limits = limits
        self._monotonic = monotonic
        self._clients: dict[str, Client] = {}
        self._requests: dict[str, Callable[[Client, Sequence[object]], Awaitable[Ack]]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "get_products": self._get_products,
            UNREADABLE: self._refuse_unreadable,
            TOO_LARGE: self._refuse_too_large,
        }

    async def admit(self, sid: str, auth: object) -> None:
        """Decide whether a client may connect; raises RefusedError if not."""
        try:
            await self._doorkeeper.admit(auth)
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
        client = Client(mailbox=mailbox, bucket=bucket)
        self._clients[sid] = client
        self._audience.arrive()
        self._rooms.enter_general(mailbox)
        client.tell("connected", {"message": _GREETING, "rooms": ["general"]})
        self._broadcast.welcome(mailbox)

    def leave(self, sid: str) -> None:
        """Forget a client."""
        client = self._clients.pop(sid, None)
        if client is None:
            return
        client.left = True
        self._rooms.leave_general(client.mailbox)
        for subject in client.subjects:
            self._rooms.leave(subject, client.mailbox)
        self._audience.depart()

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
        client.tell("error", {**refused.payload})
        return {"ok": False, "error": refused.payload}

    async def _handle(self, client: Client, event: str, arguments: Sequence[object]) -> Ack:
        if not client.bucket.take():
            raise RefusedError(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                f"at most {self._limits.requests_per_second:g} requests a second are answered",
            )
        if event not in self._requests:
            raise RefusedError(
                ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND,
                "there is no such request; there are subscribe, unsubscribe and get_products",
            )
        return await self._requests[event](client, arguments)

    async def _subscribe(self, client: Client, arguments: Sequence[object]) -> Ack:
        wanted = read_subscribe(arguments)
        subject = wanted.subject
        await self._catalogue.check(subject.product)
        self._enter(client, subject)
        client.tell("subscribed", _named(subject))
        resumed = wanted.resume is not None and self._broadcast.give_missed(
            subject, wanted.resume, client.mailbox
        )
        if not resumed:
            self._broadcast.give_latest(subject, client.mailbox)
        seq = self._broadcast.seq(subject)
        return {"ok": True, **_named(subject), "seq": seq, "resumed": resumed}

    def _enter(self, client: Client, subject: Subject) -> None:
        if client.left:
            return
        if subject not in client.subjects and len(client.subjects) >= self._limits.rooms:
            raise RefusedError(
                ErrorReason.ERROR_REASON_VALIDATION_FAILED,
                f"a client can have {self._limits.rooms} subscriptions; unsubscribe from one first",
            )
        client.subjects.add(subject)
        self._rooms.enter(subject, client.mailbox)

    async def _unsubscribe(self, client: Client, arguments: Sequence[object]) -> Ack:
        subject = read_unsubscribe(arguments)
        if subject in client.subjects:
            client.subjects.discard(subject)
            self._rooms.leave(subject, client.mailbox)
        else:
            await self._catalogue.check(subject.product)
        client.tell("unsubscribed", _named(subject))
        return {"ok": True, **_named(subject)}

    async def _get_products(self, client: Client, arguments: Sequence[object]) -> Ack:
        if any(argument not in (None, {}) for argument in arguments):
            raise RefusedError(
                ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "get_products takes no parameters"
            )
        products = await self._catalogue.products()
        client.tell("products", {"products": products})
        return {"ok": True, "products": products}

    async def _refuse_unreadable(self, _: Client, __: Sequence[object]) -> Ack:
        raise RefusedError(
            ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "the packet is no Socket.IO event in JSON"
        )

    async def _refuse_too_large(self, _: Client, __: Sequence[object]) -> Ack:
        raise RefusedError(
            ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
            f"a request has at most {REQUEST_BYTES} bytes",
        )


def _named(subject: Subject) -> dict[str, object]:
    return {"type": subject.kind.value, "symbol": subject.product}


def _internal() -> RefusedError:
    return RefusedError(
        ErrorReason.ERROR_REASON_INTERNAL, "internal error; the server's log has the cause"
    )
