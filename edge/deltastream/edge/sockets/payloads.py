"""From contract messages to the payloads of events."""

from typing import Any

import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.sockets.events import CHAIN_SUMMARY, UNDERLYING_UPDATE, MarketEvent
from deltastream.edge.sockets.shapes import Expiry
from deltastream.market.v1.chain_pb2 import EnrichedChain
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.identity.principal import Principal


def underlying_update(tick: UnderlyingTick, seq: int) -> dict[str, object]:
    """Return the price of an underlying; `timestamp` is RFC 3339 in UTC, as everywhere here."""
    return _chosen(UNDERLYING_UPDATE, tick, seq)


def chain_summary(chain: EnrichedChain, seq: int) -> dict[str, object]:
    """Return what a chain means in a few figures; one that could not be computed is left out."""
    return _chosen(CHAIN_SUMMARY, chain, seq)


def chain_update(chain: EnrichedChain, seq: int) -> orjson.Fragment:
    """Return the whole chain as canonical proto JSON, which already is text."""
    return orjson.Fragment(b'%b,"seq":%d}' % (to_json(chain)[:-1], seq))


def expiry(principal: Principal | None) -> Expiry:
    """Return until when a client may stay without newer credentials; empty for any time."""
    if principal is None:
        return Expiry()
    moment = Timestamp()
    moment.FromMilliseconds(int(principal.expires_at * 1000))
    return Expiry(expires_at=moment.ToJsonString())


def _chosen(event: MarketEvent, message: Any, seq: int) -> dict[str, object]:
    payload = {name: _plain(getattr(message, name)) for name in event.always}
    for name in event.if_known:
        if message.HasField(name):
            payload[name] = getattr(message, name)
    payload["seq"] = seq
    return payload


def _plain(value: Any) -> object:
    return value.ToJsonString() if isinstance(value, Timestamp) else value
