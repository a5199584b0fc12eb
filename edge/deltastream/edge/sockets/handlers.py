"""What each request of a client does."""

from collections.abc import Awaitable, Callable, Sequence

from deltastream.edge.sockets import events, payloads
from deltastream.edge.sockets.authentication import Doorkeeper
from deltastream.edge.sockets.broadcast import Broadcast
from deltastream.edge.sockets.catalogue import Catalogue
from deltastream.edge.sockets.client import Client
from deltastream.edge.sockets.engine import ClientMailbox
from deltastream.edge.sockets.packets import REQUEST_BYTES, TOO_LARGE, UNREADABLE
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.requests import read_authenticate, read_subscribe, read_unsubscribe
from deltastream.edge.sockets.rooms import Rooms
from deltastream.edge.sockets.shapes import (
    AuthenticateAck,
    Named,
    Products,
    ProductsAck,
    SubscribeAck,
    UnsubscribeAck,
)
from deltastream.edge.sockets.subjects import Subject
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

Ack = dict[str, object]


class Handlers:
    """Handles requests by name. A refused request changes nothing."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        rooms: Rooms[ClientMailbox],
        broadcast: Broadcast,
        doorkeeper: Doorkeeper,
        most_rooms: int,
    ) -> None:
        """Handle nothing yet.

        Args:
            catalogue: knows what can be subscribed to.
            rooms: who receives what.
            broadcast: has what a client that joins a room is given.
            doorkeeper: judges newer credentials.
            most_rooms: the most subscriptions of one client.
        """
        self._catalogue = catalogue
        self._rooms = rooms
        self._broadcast = broadcast
        self._doorkeeper = doorkeeper
        self._most_rooms = most_rooms
        self._handlers: dict[str, Callable[[Client, Sequence[object]], Awaitable[Ack]]] = {
            events.SUBSCRIBE.name: self._subscribe,
            events.UNSUBSCRIBE.name: self._unsubscribe,
            events.GET_PRODUCTS.name: self._get_products,
            events.AUTHENTICATE.name: self._authenticate,
            UNREADABLE: self._refuse_unreadable,
            TOO_LARGE: self._refuse_too_large,
        }

    async def handle(self, client: Client, event: str, arguments: Sequence[object]) -> Ack:
        """Handle a request and return its ack.

        Raises:
            RefusedError: the request is bad.
        """
        if event not in self._handlers:
            raise RefusedError(
                ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND,
                f"there is no such request; there are {', '.join(r.name for r in events.REQUESTS)}",
            )
        return await self._handlers[event](client, arguments)

    async def _subscribe(self, client: Client, arguments: Sequence[object]) -> Ack:
        wanted = read_subscribe(arguments)
        subject = wanted.subject
        await self._catalogue.check(subject.product)
        self._enter(client, subject)
        client.tell(events.SUBSCRIBED.name, _named(subject))
        resumed = wanted.resume is not None and self._broadcast.give_missed(
            subject, wanted.resume, client.mailbox
        )
        if not resumed:
            self._broadcast.give_latest(subject, client.mailbox)
        seq = self._broadcast.seq(subject)
        return {**SubscribeAck(ok=True, **_named(subject), seq=seq, resumed=resumed)}

    def _enter(self, client: Client, subject: Subject) -> None:
        if client.left:
            return
        if subject not in client.subjects and len(client.subjects) >= self._most_rooms:
            raise RefusedError(
                ErrorReason.ERROR_REASON_VALIDATION_FAILED,
                f"a client can have {self._most_rooms} subscriptions; unsubscribe from one first",
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
        client.tell(events.UNSUBSCRIBED.name, _named(subject))
        return {**UnsubscribeAck(ok=True, **_named(subject))}

    async def _get_products(self, client: Client, arguments: Sequence[object]) -> Ack:
        if any(argument not in (None, {}) for argument in arguments):
            raise RefusedError(
                ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "get_products takes no parameters"
            )
        products = await self._catalogue.products()
        client.tell(events.PRODUCTS.name, Products(products=products))
        return {**ProductsAck(ok=True, products=products)}

    async def _authenticate(self, client: Client, arguments: Sequence[object]) -> Ack:
        renewed = await self._doorkeeper.renew(client.admission, read_authenticate(arguments))
        client.admission = renewed
        return {**AuthenticateAck(ok=True, **payloads.expiry(renewed.principal))}

    async def _refuse_unreadable(self, _: Client, __: Sequence[object]) -> Ack:
        raise RefusedError(
            ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "the packet is no Socket.IO event in JSON"
        )

    async def _refuse_too_large(self, _: Client, __: Sequence[object]) -> Ack:
        raise RefusedError(
            ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
            f"a request has at most {REQUEST_BYTES} bytes",
        )


def _named(subject: Subject) -> Named:
    return Named(type=subject.kind.value, symbol=subject.product)
