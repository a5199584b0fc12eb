"""Every event and request of the Socket.IO interface: what the code does, the document says."""

from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import Descriptor

from deltastream.edge.sockets import shapes
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.market.v1.tick_pb2 import UnderlyingTick


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event that the gateway sends.

    Attributes:
        name: on the wire.
        about: when it comes.
        payload: its type: a TypedDict of `shapes`.
    """

    name: str
    about: str
    payload: type


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEvent:
    """An event that passes on a message of the contract, or some of its fields, with a `seq`.

    Attributes:
        name: on the wire.
        about: when it comes.
        message: what it passes on.
        always: the fields that it always has; empty for the whole message.
        if_known: the fields that it has where the message has them.
    """

    name: str
    about: str
    message: Descriptor
    always: tuple[str, ...] = ()
    if_known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request of a client.

    Attributes:
        name: on the wire.
        about: what it does.
        argument: the type of its one argument; None if it takes none.
        ack: the type of its ack, unless it is refused.
    """

    name: str
    about: str
    argument: type | None
    ack: type


GREETING: Final = "connected to DeltaStream"

CONNECTED: Final = Event(
    name="connected",
    about="Follows admission. The latest of all products follows it.",
    payload=shapes.Connected,
)
SUBSCRIBED: Final = Event(
    name="subscribed",
    about="Confirms a `subscribe`. The latest of what was subscribed to follows it.",
    payload=shapes.Named,
)
UNSUBSCRIBED: Final = Event(
    name="unsubscribed", about="Confirms an `unsubscribe`.", payload=shapes.Named
)
PRODUCTS: Final = Event(
    name="products", about="Answers `get_products`, beside its ack.", payload=shapes.Products
)
ERROR: Final = Event(
    name="error", about="Says why a request was refused, beside its ack.", payload=shapes.Refusal
)
UNDERLYING_UPDATE: Final = MarketEvent(
    name="underlying_update",
    about="The price of an underlying has changed.",
    message=UnderlyingTick.DESCRIPTOR,
    always=("product", "price", "timestamp"),
)
CHAIN_SUMMARY: Final = MarketEvent(
    name="chain_summary",
    about="A chain has changed: what it means in a few figures.",
    message=EnrichedChain.DESCRIPTOR,
    always=("product", "expiry", "timestamp"),
    if_known=("spot_price", "pcr_oi", "pcr_volume", "atm_straddle_price", "max_pain_strike"),
)
CHAIN_UPDATE: Final = MarketEvent(
    name="chain_update",
    about="A chain has changed: all of it, for those who subscribed to chains of its product.",
    message=EnrichedChain.DESCRIPTOR,
)
EVENTS: Final[tuple[Event | MarketEvent, ...]] = (
    CONNECTED,
    SUBSCRIBED,
    UNSUBSCRIBED,
    PRODUCTS,
    ERROR,
    UNDERLYING_UPDATE,
    CHAIN_SUMMARY,
    CHAIN_UPDATE,
)
"""Everything that the gateway sends."""

SUBSCRIBE: Final = Request(
    name="subscribe",
    about="Subscribes to updates: their latest now, and each as it comes.",
    argument=shapes.Wanted,
    ack=shapes.SubscribeAck,
)
UNSUBSCRIBE: Final = Request(
    name="unsubscribe",
    about="Ends a subscription; there may be none.",
    argument=shapes.Named,
    ack=shapes.UnsubscribeAck,
)
GET_PRODUCTS: Final = Request(
    name="get_products",
    about="Lists the products that can be subscribed to.",
    argument=None,
    ack=shapes.ProductsAck,
)
AUTHENTICATE: Final = Request(
    name="authenticate",
    about="Stays connected by newer credentials of the same account, before the others end.",
    argument=shapes.Credentials,
    ack=shapes.AuthenticateAck,
)
REQUESTS: Final[tuple[Request, ...]] = (SUBSCRIBE, UNSUBSCRIBE, GET_PRODUCTS, AUTHENTICATE)
"""Everything that clients may ask."""
