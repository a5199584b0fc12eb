"""Messages become the JSON that protobuf's own library would write."""

import math
from typing import Any

import orjson
import pytest
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.edge.any_message import contract_messages, messages, names
from tests.edge.json_values import to_dict
from tests.fixtures.example_counts import examples

from deltastream.analytics.v1.analytics_service_pb2 import SurfaceSlice
from deltastream.edge.proto_json import shapes as proto_json_shapes
from deltastream.edge.proto_json.encoding import to_json
from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksResponse, TickBatch
from deltastream.market.v1.chain_pb2 import EnrichedChain, OptionLeg
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.stream.v1.stream_pb2 import CaughtUp, Started

_TYPES = contract_messages()


def reference(message: Message) -> dict[str, Any]:
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


@pytest.mark.parametrize("descriptor", _TYPES, ids=names(_TYPES))
@given(data=st.data())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
def test_equals_the_reference_for_any_message_of_the_contract(
    descriptor: Descriptor, data: st.DataObject
) -> None:
    message = data.draw(messages(descriptor))
    assert to_dict(message) == reference(message)
    assert orjson.loads(to_json(message)) == reference(message)


def test_the_contract_has_messages_to_test() -> None:
    assert len(_TYPES) > 80


def test_an_absent_optional_is_left_out_and_a_zero_one_is_not() -> None:
    assert "bid" not in to_dict(OptionLeg(ask=1.0))
    assert to_dict(OptionLeg(bid=0.0, ask=1.0))["bid"] == 0.0


def test_fields_without_presence_are_always_there() -> None:
    assert to_dict(UnderlyingTick()) == {"product": "", "price": 0.0, "sequence": "0"}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_does_not_have_become_strings(number: float) -> None:
    tick = UnderlyingTick(product="NIFTY", price=number)
    assert to_dict(tick)["price"] == reference(tick)["price"]
    assert isinstance(to_dict(tick)["price"], str)
    curve = SurfaceSlice(ivs=[0.1, number])
    assert to_dict(curve)["ivs"] == [0.1, reference(curve)["ivs"][1]]


def test_finite_numbers_whose_sum_is_not_stay_numbers() -> None:
    leg = OptionLeg(bid=1.7e308, ask=1.7e308)
    assert to_dict(leg) == reference(leg)


def test_the_frame_of_a_stream_changes_from_message_to_message() -> None:
    frames = [
        StreamTicksResponse(sequence=1, started=Started(epoch="a")),
        StreamTicksResponse(sequence=2, caught_up=CaughtUp()),
        StreamTicksResponse(sequence=3, batch=TickBatch(ticks=[UnderlyingTick(product="SPY")])),
        StreamTicksResponse(sequence=4, started=Started(epoch="b")),
        StreamTicksResponse(sequence=5),
    ]
    assert [to_dict(frame) for frame in frames] == [reference(frame) for frame in frames]


def test_legs_of_one_chain_may_have_different_fields() -> None:
    chain = EnrichedChain(
        calls=[OptionLeg(strike=1, bid=2), OptionLeg(strike=2), OptionLeg(), OptionLeg(iv=0.0)]
    )
    assert to_dict(chain) == reference(chain)


def test_more_shapes_than_are_kept_are_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proto_json_shapes, "_SHAPE_LIMIT", 0)
    leg = OptionLeg(symbol="X", vanna=0.5, bid_size=3)
    assert to_dict(leg) == reference(leg)


def test_fields_may_have_any_name() -> None:
    file = FileDescriptorProto(name="odd.proto", package="odd", syntax="proto3")
    odd = file.message_type.add(name="Odd")
    for number, name in enumerate(("class", "_hidden", "None", "plain"), start=1):
        odd.field.add(name=name, number=number, type="TYPE_INT32", label="LABEL_OPTIONAL")
    pool = DescriptorPool()
    pool.Add(file)
    message = GetMessageClass(pool.FindMessageTypeByName("odd.Odd"))()
    for number, name in enumerate(message.DESCRIPTOR.fields_by_name):
        setattr(message, name, number)
    assert to_dict(message) == {"class": 0, "_hidden": 1, "None": 2, "plain": 3}


def test_details_of_a_status_show_their_type() -> None:
    status = status_pb2.Status(code=5, message="no such product")
    info = error_details_pb2.ErrorInfo(reason="PRODUCT_NOT_FOUND", metadata={"known": "NIFTY"})
    for detail in (info, Duration(seconds=1), Struct()):
        status.details.add().Pack(detail)
    status.details.add()
    assert to_dict(status) == reference(status)


def test_a_detail_of_an_unknown_type_is_an_error() -> None:
    detail = AnyMessage(type_url="type.googleapis.com/elsewhere.Unknown", value=b"x")
    with pytest.raises(ValueError, match=r"elsewhere\.Unknown"):
        to_dict(detail)


@pytest.mark.parametrize(
    "message",
    [
        Timestamp(seconds=253402300800),
        Timestamp(seconds=-62135596801),
        Timestamp(nanos=1_000_000_000),
        Timestamp(nanos=-1),
        Duration(seconds=315576000001),
        Duration(seconds=1, nanos=-1),
        Duration(nanos=1_000_000_000),
    ],
)
def test_a_time_out_of_range_is_an_error_as_in_the_reference(message: Timestamp | Duration) -> None:
    with pytest.raises(json_format.SerializeToJsonError):
        reference(holder_of(message))
    with pytest.raises(ValueError, match=r"timestamp|duration"):
        to_dict(holder_of(message))


def holder_of(message: Timestamp | Duration) -> Message:
    if isinstance(message, Timestamp):
        return UnderlyingTick(timestamp=message)
    return StreamTicksResponse(started=Started(heartbeat_interval=message))
