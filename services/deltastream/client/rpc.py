"""The streaming RPCs of the contract, and what a client reads from their descriptors.

All of them speak the protocol of deltastream.stream.v1, so that one client serves them all.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar, cast

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message

from deltastream.enrichment.v1 import enrichment_service_pb2
from deltastream.feed.v1 import feed_service_pb2
from deltastream.market.v1.candle_pb2 import Candle
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionChain, OptionQuote
from deltastream.market.v1.tick_pb2 import UnderlyingTick

EventT = TypeVar("EventT")
StreamCall = grpc.aio.UnaryStreamCall[Any, Any]
_BATCH: Final = "batch"
_TOKEN: Final = "resume_token"  # noqa: S105 - the name of a field


class StreamedRpc(Generic[EventT]):
    """One streaming RPC.

    Attributes:
        name: for people: "enrichment.StreamChains".
        path: as gRPC names it: "/deltastream.enrichment.v1.EnrichmentService/StreamChains".
        numbered: whether events say their product and their place in its order. Candles do not:
            a window's candle comes again as it changes. Nor do log records: they have no product.
    """

    def __init__(self, method: MethodDescriptor) -> None:
        """Read a method that `speaks_protocol`."""
        service = method.containing_service
        self.name = f"{service.full_name.split('.')[1]}.{method.name}"
        self.path = f"/{service.full_name}/{method.name}"
        self._request: Callable[..., Any] = message_factory.GetMessageClass(method.input_type)
        self._response = message_factory.GetMessageClass(method.output_type)
        event = _event_field_of(method.output_type)
        self._events = event.name
        self.numbered = {"product", "sequence"} <= set(_type_of(event).fields_by_name)

    def request(self, **fields: Any) -> Any:
        """Make a request."""
        return self._request(**fields)

    def events_of(self, response: Any) -> Sequence[EventT]:
        """Return the events of a response that carries a batch."""
        events: Sequence[EventT] = getattr(response.batch, self._events)
        return events

    def on(self, channel: grpc.aio.Channel) -> Callable[..., StreamCall]:
        """Return what makes a call over a channel."""
        return channel.unary_stream(
            self.path,
            request_serializer=_serialize,
            response_deserializer=self._response.FromString,
        )


def speaks_protocol(method: MethodDescriptor) -> bool:
    """Say whether a method is a stream that can be resumed."""
    return (
        method.server_streaming
        and not method.client_streaming
        and _TOKEN in method.input_type.fields_by_name
        and _TOKEN in method.output_type.fields_by_name
        and _BATCH in method.output_type.fields_by_name
    )


def _event_field_of(response: Descriptor) -> FieldDescriptor:
    batch = _type_of(response.fields_by_name[_BATCH])
    return next(field for field in batch.fields if field.is_repeated)


def _type_of(field: FieldDescriptor) -> Descriptor:
    return cast("Descriptor", field.message_type)


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


_FEED: Final = feed_service_pb2.DESCRIPTOR.services_by_name["FeedService"].methods_by_name
_ENRICHMENT: Final = enrichment_service_pb2.DESCRIPTOR.services_by_name[
    "EnrichmentService"
].methods_by_name

RAW_TICKS: Final = StreamedRpc[UnderlyingTick](_FEED["StreamTicks"])
QUOTES: Final = StreamedRpc[OptionQuote](_FEED["StreamQuotes"])
RAW_CHAINS: Final = StreamedRpc[OptionChain](_FEED["StreamChains"])
TICKS: Final = StreamedRpc[UnderlyingTick](_ENRICHMENT["StreamTicks"])
CHAINS: Final = StreamedRpc[EnrichedChain](_ENRICHMENT["StreamChains"])
CANDLES: Final = StreamedRpc[Candle](_ENRICHMENT["StreamCandles"])
