"""Examples of Socket.IO messages, each made by what makes it in a session."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from deltastream.edge.asyncapi.samples import CHAIN, PRODUCT, SEQ, TICK
from deltastream.edge.sockets import events, payloads
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.shapes import (
    AuthenticateAck,
    Connected,
    Credentials,
    Named,
    Products,
    ProductsAck,
    RefusedAck,
    Rejection,
    SubscribeAck,
    UnsubscribeAck,
    Wanted,
)
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

_NAMED: Final = Named(type="product", symbol=PRODUCT)
_KNOWN: Final = ["BANKNIFTY", PRODUCT]
_CREDENTIALS: Final = Credentials(token="eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI0ZjFjMmQifQ.c2ln")  # noqa: S106 - opens nothing
_UNKNOWN: Final = RefusedError(
    ErrorReason.ERROR_REASON_PRODUCT_NOT_FOUND,
    f"product NIFTI is not known; known are: {', '.join(_KNOWN)}",
)
_MISSING: Final = RefusedError(
    ErrorReason.ERROR_REASON_CREDENTIALS_MISSING,
    "send an access token: connect with the auth payload {token: TOKEN}",
)

EVENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    events.CONNECTED.name: Connected(message=events.GREETING, rooms=["general"]),
    events.SUBSCRIBED.name: _NAMED,
    events.UNSUBSCRIBED.name: _NAMED,
    events.PRODUCTS.name: Products(products=_KNOWN),
    events.ERROR.name: _UNKNOWN.payload,
    events.UNDERLYING_UPDATE.name: payloads.underlying_update(TICK, SEQ),
    events.CHAIN_SUMMARY.name: payloads.chain_summary(CHAIN, SEQ),
    events.CHAIN_UPDATE.name: orjson.loads(orjson.dumps(payloads.chain_update(CHAIN, SEQ))),
}
"""A payload of each event, by its name."""

REQUESTS: Final[Mapping[str, Mapping[str, Any]]] = {
    events.SUBSCRIBE.name: Wanted(**_NAMED, resume=SEQ),
    events.UNSUBSCRIBE.name: _NAMED,
    events.AUTHENTICATE.name: _CREDENTIALS,
}
"""An argument of each request that takes one, by its name."""

ACKS: Final[Mapping[str, Mapping[str, Any]]] = {
    events.SUBSCRIBE.name: SubscribeAck(ok=True, **_NAMED, seq=SEQ, resumed=True),
    events.UNSUBSCRIBE.name: UnsubscribeAck(ok=True, **_NAMED),
    events.GET_PRODUCTS.name: ProductsAck(ok=True, products=_KNOWN),
    events.AUTHENTICATE.name: AuthenticateAck(ok=True, expires_at="2026-01-27T08:10:00Z"),
}
"""An ack of each request, by its name."""

OTHERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "connect": _CREDENTIALS,
    "connect_error": Rejection(message=_MISSING.message, data=_MISSING.payload),
    "refused": RefusedAck(ok=False, error=_UNKNOWN.payload),
}
"""What belongs to no one event or request."""
