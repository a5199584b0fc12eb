"""The transcoder's parts, where a request over HTTP would not reach every case."""

import grpc
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Value
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.any_message import contract_messages, messages
from tests.edge.json_values import to_dict

from deltastream.edge.contract import SERVICES
from deltastream.edge.errors.middleware import error_middleware
from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.edge.reading.field_paths import leaves_of
from deltastream.edge.reading.json_reader import read_json
from deltastream.edge.reading.request_reader import router_path_of
from deltastream.edge.reading.text_values import bytes_of, single_of, text_reader_of
from deltastream.edge.reading.time_values import read_duration, read_seconds
from deltastream.edge.transcoder.accept import preferred
from deltastream.edge.transcoder.http_rule import HttpRuleError, bindings_of
from deltastream.edge.transcoder.routes import add_routes
from deltastream.enrichment.v1.enrichment_service_pb2 import (
    EnrichChainRequest,
    StreamTicksResponse,
)
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.errors import STATUS_DETAILS_KEY
from deltastream.stream.v1.stream_pb2 import ResumePosition

_METHOD = SERVICES[2].methods_by_name["ListTicks"]


def failed(
    code: grpc.StatusCode, details: str = "", *, sent: status_pb2.Status | bytes | None = None
) -> status_pb2.Status:
    raw = sent.SerializeToString() if isinstance(sent, status_pb2.Status) else sent
    trailing = grpc.aio.Metadata() if raw is None else grpc.aio.Metadata((STATUS_DETAILS_KEY, raw))
    error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, details=details)
    return status_of_failure(error, method=_METHOD)


def reason_of(status: status_pb2.Status) -> str:
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    return str(info.reason)


@pytest.mark.parametrize(
    ("code", "details", "shown", "reason"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses", 14, "DEPENDENCY_UNAVAILABLE"),
        ("INTERNAL", "Received RST_STREAM with error code 2", 14, "DEPENDENCY_UNAVAILABLE"),
        ("UNKNOWN", "Stream removed", 14, "DEPENDENCY_UNAVAILABLE"),
        ("CANCELLED", "", 14, "DRAINING"),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", 4, "DEADLINE_EXCEEDED"),
        ("RESOURCE_EXHAUSTED", "Concurrent RPC limit exceeded!", 8, "OVERLOADED"),
        ("RESOURCE_EXHAUSTED", "CLIENT: Received message larger than max", 8, "MESSAGE_TOO_LARGE"),
        ("UNIMPLEMENTED", "Method not found!", 12, "NOT_IMPLEMENTED"),
        ("UNKNOWN", "Unexpected <class 'KeyError'>: 'password'", 13, "INTERNAL"),
        ("DATA_LOSS", "checksum at /var/lib", 13, "INTERNAL"),
    ],
)
def test_a_failure_without_details_is_grpcs_own_and_gets_a_reason(
    code: str, details: str, shown: int, reason: str
) -> None:
    status = failed(grpc.StatusCode[code], details)
    assert (status.code, reason_of(status)) == (shown, reason)
    assert not details or details not in status.message


def test_a_code_that_only_services_raise_keeps_its_text() -> None:
    status = failed(grpc.StatusCode.NOT_FOUND, "no such thing")
    assert (status.code, status.message, len(status.details)) == (5, "no such thing", 0)


@pytest.mark.parametrize("sent", [b"\xff", status_pb2.Status(code=5), status_pb2.Status()])
def test_details_that_contradict_the_call_are_not_believed(
    sent: status_pb2.Status | bytes,
) -> None:
    assert reason_of(failed(grpc.StatusCode.UNAVAILABLE, sent=sent)) == "DEPENDENCY_UNAVAILABLE"


def test_stack_traces_and_unknown_details_are_left_out() -> None:
    sent = status_pb2.Status(code=13, message="internal error")
    sent.details.add().Pack(error_details_pb2.ErrorInfo(reason="INTERNAL"))
    sent.details.add().Pack(error_details_pb2.DebugInfo(stack_entries=["at line 1"]))
    sent.details.append(AnyMessage(type_url="type.googleapis.com/elsewhere.Unknown"))
    shown = failed(grpc.StatusCode.INTERNAL, sent=sent)
    assert [detail.TypeName() for detail in shown.details] == ["google.rpc.ErrorInfo"]


@pytest.mark.parametrize(("delay", "expected"), [(None, 1), (7, 7)])
def test_unavailable_always_says_when_to_try_again(delay: int | None, expected: int) -> None:
    sent = status_pb2.Status(code=14, message="draining")
    if delay is not None:
        sent.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=Duration(seconds=delay)))
    retry = error_details_pb2.RetryInfo()
    (packed,) = failed(grpc.StatusCode.UNAVAILABLE, sent=sent).details
    assert packed.Unpack(retry)
    assert retry.retry_delay.seconds == expected


@given(data=st.data())
def test_reading_undoes_writing(data: st.DataObject) -> None:
    descriptor = data.draw(st.sampled_from(contract_messages()))
    message = data.draw(messages(descriptor, 2))
    read = type(message)()
    read_json(read, to_dict(message))
    # As dicts, because a NaN equals no NaN.
    assert to_dict(read) == to_dict(message)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (5.0, 5),
        ("5", 5),
        ("5.0", 5),
        ("1e2", 100),
        ("100e-2", 1),
        ("9007199254740993.0", 9007199254740993),
        ("18446744073709551615", 18446744073709551615),
    ],
)
def test_an_integer_in_json_is_read_exactly(value: float | str, expected: int) -> None:
    read = StreamTicksResponse()
    read_json(read, {"sequence": value})
    assert read.sequence == expected


@pytest.mark.parametrize(
    "value", [1e18, float(1 << 53), "1e20", "1e-1", "1e-999999999", " 1", True]
)
def test_what_may_be_another_integer_in_json_is_refused(value: float | str) -> None:
    with pytest.raises(MalformedValueError, match="whole number"):
        read_json(StreamTicksResponse(), {"sequence": value})


@pytest.mark.parametrize("text", ["+1", "01", ".5", "5.", "1_0", "nan", "1e400"])
def test_a_number_in_a_json_string_is_spelt_as_json_spells_it(text: str) -> None:
    with pytest.raises(MalformedValueError, match="a number"):
        read_json(UnderlyingTick(), {"price": text})


def test_an_unsigned_number_in_a_query_has_no_sign() -> None:
    unsigned = UnderlyingTick.DESCRIPTOR.fields_by_name["sequence"]
    read = text_reader_of(unsigned)
    assert read("7") == 7
    for text in ("+7", "-0"):
        with pytest.raises(ValueError, match="whole number"):
            read(text)


def test_a_float_is_not_made_infinite() -> None:
    assert single_of(3.4e38) == 3.4e38
    assert single_of(float("inf")) == float("inf")
    with pytest.raises(ValueError, match="a float can hold"):
        single_of(3.5e38)


@pytest.mark.parametrize("text", ["YQ==", "YQ", "+_8=", "-/8"])
def test_base64_may_leave_its_padding_away(text: str) -> None:
    assert bytes_of(text) in {b"a", b"\xfb\xff"}


@pytest.mark.parametrize("text", ["YQ=", "Y", "Y Q=="])
def test_base64_with_some_of_its_padding_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        bytes_of(text)


def test_two_alternatives_in_a_query_are_refused() -> None:
    leaves = {leaf.path: leaf for leaf in leaves_of(Value.DESCRIPTOR)}
    value = Value()
    leaves["number_value"].fill(value, ["5"])
    with pytest.raises(MalformedValueError, match="beside its alternative"):
        leaves["string_value"].fill(value, ["five"])
    assert value.number_value == 5


def test_two_alternatives_at_once_are_refused() -> None:
    with pytest.raises(MalformedValueError, match="beside its alternative"):
        read_json(StreamTicksResponse(), {"started": {}, "caught_up": {}})


def test_a_map_is_read_and_a_bad_one_named() -> None:
    position = ResumePosition()
    read_json(position, {"positions": {"NIFTY": "7", "SPY": 8}})
    assert dict(position.positions) == {"NIFTY": 7, "SPY": 8}
    with pytest.raises(MalformedValueError, match="positions"):
        read_json(position, {"positions": {"NIFTY": -1}})


def test_nested_fields_have_dotted_paths() -> None:
    leaves = {leaf.path: leaf for leaf in leaves_of(EnrichChainRequest.DESCRIPTOR)}
    assert "chain.spot_price" in leaves
    assert "chain.calls" not in leaves
    assert leaves["chain.spot_price"].json_path == "chain.spotPrice"
    request = EnrichChainRequest()
    leaves["chain.spot_price"].fill(request, ["24512.35"])
    leaves["chain.timestamp"].fill(request, ["2026-01-27T09:30:00Z"])
    assert (request.chain.spot_price, request.chain.timestamp.seconds) == (24512.35, 1769506200)
    with pytest.raises(MalformedValueError, match=r"chain\.spot_price"):
        leaves["chain.spot_price"].fill(request, ["1_000"])


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("5s", 5_000_000_000),
        ("-1.5s", -1_500_000_000),
        ("250ms", 250_000_000),
        ("1m30s", 90_000_000_000),
        ("1h0.5s", 3_600_500_000_000),
        ("7us", 7_000),
        ("7\u00b5s", 7_000),
        ("7\u03bcs", 7_000),
        ("9ns", 9),
        ("-5ms", -5_000_000),
        ("+1m.5s", 60_500_000_000),
        ("5.s", 5_000_000_000),
        ("0", 0),
    ],
)
def test_a_duration_has_units(text: str, nanos: int) -> None:
    duration = Duration()
    read_duration(duration, text)
    assert duration.ToNanoseconds() == nanos


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "s",
        "5 s",
        "1e3s",
        "999999999999s",
        "5S",
        "0.1234567891s",
        "1.5ns",
        "-",
        "1s 1s",
        "99999999999h",
    ],
)
def test_a_text_that_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        read_duration(Duration(), text)


def test_json_has_durations_in_seconds_only() -> None:
    with pytest.raises(ValueError, match="in seconds"):
        read_seconds(Duration(), "250ms")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "a/lines"),
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, */*", "text/event-stream"),
        ("text/event-stream;q=0.5, */*;q=0.1", "text/event-stream"),
        ("text/*;q=0.9, a/*;q=0.8", "text/event-stream"),
        ("text/event-stream, a/lines", "a/lines"),
        ("text/event-stream;q=0, */*", "a/lines"),
        ("TEXT/Event-Stream; Q=1.0", "text/event-stream"),
        ("text/event-stream;q=x, a/lines;q=0.1", "a/lines"),
        ("image/png", None),
        ("", None),
        (";;,,", None),
    ],
)
def test_what_a_client_prefers(accept: str, expected: str | None) -> None:
    assert preferred(accept, ("a/lines", "text/event-stream")) == expected


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/api/data/products", "/api/data/products"),
        ("/a/{product}/{expiry}", "/a/{product:[^/]+}/{expiry:[^/]+}"),
        ("/a/{chain.product}:verb", "/a/{chain__product:[^/]+}:verb"),
        ("/a/{name=shelves/*}", "/a/{name:shelves/[^/]+}"),
        ("/a/{name=**}", "/a/{name:.+}"),
    ],
)
def test_a_path_template_becomes_a_route(template: str, path: str) -> None:
    assert router_path_of(template) == path


def service_with(**rule: str) -> ServiceDescriptor:
    """Return a service with one method of this HTTP rule."""
    file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
    file.dependency.append("google/api/annotations.proto")
    request = file.message_type.add(name="Request")
    request.field.add(name="product", number=1, type=9, label=1)
    method = file.service.add(name="Service").method.add(
        name="Get", input_type=".t.Request", output_type=".t.Request"
    )
    http = method.options.Extensions[annotations_pb2.http]
    for key, value in rule.items():
        setattr(http, key, value)
    pool = descriptor_pool.DescriptorPool()
    for needed in _with_dependencies(annotations_pb2.DESCRIPTOR):
        pool.AddSerializedFile(needed.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName("t.Service")


def _with_dependencies(file: FileDescriptor) -> list[FileDescriptor]:
    return [every for other in file.dependencies for every in _with_dependencies(other)] + [file]


@pytest.mark.parametrize(
    "rule",
    [
        {"get": "/a/{prodcut}"},
        {"get": "/a/{product.name}"},
        {"post": "/a", "body": "chain"},
        {"get": "/a", "response_body": "product"},
    ],
)
def test_a_rule_that_makes_no_sense_stops_the_start(rule: dict[str, str]) -> None:
    with pytest.raises(HttpRuleError):
        list(bindings_of(service_with(**rule)))


async def test_two_rules_for_one_request_stop_the_start() -> None:
    async with grpc.aio.insecure_channel("127.0.0.1:9") as channel:
        with pytest.raises(HttpRuleError, match="both want GET /api/data/products"):
            add_routes(
                web.Application(),
                channels={SERVICES[2].full_name: channel},
                services=[SERVICES[2], SERVICES[2]],
            )


def test_a_service_without_a_channel_stops_the_start() -> None:
    with pytest.raises(KeyError, match=r"deltastream\.feed\.v1\.FeedService"):
        add_routes(web.Application(), channels={})


def failing_app(error: Exception) -> web.Application:
    async def fail(_: web.Request) -> web.StreamResponse:
        raise error

    app = web.Application(middlewares=[error_middleware])
    app.router.add_get("/", fail)
    return app


@pytest.mark.parametrize(
    ("error", "http_status", "reason", "message"),
    [
        (web.HTTPNotFound(text="Not built.\n"), 404, "ROUTE_NOT_FOUND", "Not built."),
        (web.HTTPUnsupportedMediaType(), 415, "MALFORMED_REQUEST", "Unsupported Media Type"),
        (KeyError("secret"), 500, "INTERNAL", "internal error; the server's log has the cause"),
    ],
)
async def test_whatever_a_handler_raises_is_answered_with_a_status(
    error: Exception, http_status: int, reason: str, message: str
) -> None:
    async with TestClient(TestServer(failing_app(error))) as client:
        response = await client.get("/")
        assert response.status == http_status
        status = await response.json()
        assert status["message"] == message
        assert status["details"][0]["reason"] == reason


async def test_a_redirect_is_no_failure() -> None:
    async with TestClient(TestServer(failing_app(web.HTTPFound("/api/docs")))) as client:
        response = await client.get("/", allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (302, "/api/docs")
