"""The span of a call says how it ended, and is where its caller's trace says."""

import asyncio

import grpc
import pytest
from structlog.testing import capture_logs
from tests.fixtures.behaving_storage import CANARY
from tests.fixtures.otlp_collector import Collected, Collector, collecting
from tests.tracing.traced import (
    ORIGIN,
    PREFIX,
    TRACE_ID,
    UNSAMPLED,
    Served,
    recording,
    served,
)

from deltastream.feed.v1 import feed_service_pb2
from deltastream.runtime.telemetry import spans
from deltastream.runtime.telemetry.spans import Kind
from deltastream.storage.v1 import storage_service_pb2 as pb

FEED = "deltastream.feed.v1.FeedService"
IN_A_TRACE = (("traceparent", ORIGIN),)


async def span_of(collector: Collector, method: str, *, kind: str = "SERVER") -> Collected:
    return await collector.one(lambda span: span.name.endswith(method) and span.kind == kind)


async def test_a_call_that_is_answered(recorded: Collector, mesh: Served) -> None:
    await mesh.storage.ListProducts(pb.ListProductsRequest())

    span = await span_of(recorded, "ListProducts")

    assert (span.service, span.name) == ("tested", f"{PREFIX}/ListProducts")
    assert span.attributes == {
        "rpc.system.name": "grpc",
        "rpc.method": f"{PREFIX}/ListProducts",
        "rpc.response.status_code": "OK",
    }
    assert not span.is_error
    assert not span.parent


async def test_a_call_goes_on_with_its_callers_trace(recorded: Collector, mesh: Served) -> None:
    await mesh.storage.ListProducts(pb.ListProductsRequest(), metadata=IN_A_TRACE)

    span = await span_of(recorded, "ListProducts")

    assert (span.trace_id, span.parent) == (TRACE_ID, ORIGIN.split("-")[2])


@pytest.mark.parametrize("stated", ["", "00-abc", ORIGIN.upper(), "ff" + ORIGIN[2:], "x" * 4000])
async def test_what_is_no_traceparent_begins_a_trace(
    recorded: Collector, mesh: Served, stated: str
) -> None:
    metadata = (("traceparent", stated),)
    await mesh.storage.ListProducts(pb.ListProductsRequest(), metadata=metadata)

    span = await span_of(recorded, "ListProducts")

    assert not span.parent
    assert span.trace_id not in {TRACE_ID, "0" * 32}


@pytest.mark.parametrize(
    ("method", "code", "cause"),
    [
        ("ListExpiries", "NOT_FOUND", "ProductNotFoundError"),
        ("ListTicks", "UNAVAILABLE", "DependencyUnavailableError"),
        ("ListChains", "INTERNAL", "RuntimeError"),
        ("ListCandles", "UNIMPLEMENTED", "NotOfferedError"),
    ],
)
async def test_a_call_that_fails_has_the_status_that_its_caller_was_sent(
    recorded: Collector, mesh: Served, method: str, code: str, cause: str
) -> None:
    is_error = code != "NOT_FOUND"
    requests = {
        "ListExpiries": pb.ListExpiriesRequest(product="NIFTY"),
        "ListTicks": pb.ListTicksRequest(product="NIFTY"),
        "ListChains": pb.ListChainsRequest(product="NIFTY"),
        "ListCandles": pb.ListCandlesRequest(product="NIFTY"),
    }
    with capture_logs(), pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(mesh.storage, method)(requests[method])

    span = await span_of(recorded, method)

    assert caught.value.code().name == span.attributes["rpc.response.status_code"] == code
    assert span.attributes["deltastream.cause"] == cause
    assert span.is_error == is_error
    assert span.attributes.get("error.type") == (code if is_error else None)


async def test_a_request_that_breaks_the_rules_is_its_callers_fault(
    recorded: Collector, mesh: Served
) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await mesh.storage.ListExpiries(pb.ListExpiriesRequest(product="no such"))

    span = await span_of(recorded, "ListExpiries")

    assert span.attributes["rpc.response.status_code"] == "INVALID_ARGUMENT"
    assert not span.is_error


async def test_a_call_that_its_caller_gives_up_is_cancelled_and_no_error(
    recorded: Collector, mesh: Served
) -> None:
    call = mesh.storage.ListQuotes(pb.ListQuotesRequest(symbol="NIFTY-20260127-24500-CE"))
    async with asyncio.timeout(5):
        await mesh.behaving.reached.wait()
    call.cancel()

    span = await span_of(recorded, "ListQuotes")

    assert span.attributes["rpc.response.status_code"] == "CANCELLED"
    assert not span.is_error


async def test_no_text_of_an_error_is_in_a_span(recorded: Collector, mesh: Served) -> None:
    for call in (
        mesh.storage.ListExpiries(pb.ListExpiriesRequest(product="NIFTY")),
        mesh.storage.ListChains(pb.ListChainsRequest(product="NIFTY")),
    ):
        with capture_logs(), pytest.raises(grpc.aio.AioRpcError):
            await call

    await recorded.wait(lambda span: True, count=2)

    assert not any(CANARY.encode() in request for request in recorded.requests)


async def test_a_stream_has_a_short_span_that_ends_with_its_first_frame(
    recorded: Collector, mesh: Served
) -> None:
    call = mesh.feed.StreamTicks(feed_service_pb2.StreamTicksRequest(), metadata=IN_A_TRACE)
    await call.read()

    span = await span_of(recorded, "StreamTicks")

    assert not call.done()
    assert span.trace_id == TRACE_ID
    assert span.attributes["rpc.response.status_code"] == "OK"
    call.cancel()


async def test_a_stream_that_is_refused_has_the_status_of_its_refusal(
    recorded: Collector, mesh: Served
) -> None:
    call = mesh.feed.StreamChains(feed_service_pb2.StreamChainsRequest(products=["NIFTY"]))
    with pytest.raises(grpc.aio.AioRpcError):
        await call.read()

    span = await span_of(recorded, "StreamChains")

    assert span.attributes["rpc.response.status_code"] == "NOT_FOUND"
    assert not span.is_error


async def test_a_stream_that_fails_later_has_another_span_that_says_so(
    recorded: Collector, mesh: Served
) -> None:
    call = mesh.feed.StreamQuotes(feed_service_pb2.StreamQuotesRequest())
    with pytest.raises(grpc.aio.AioRpcError):
        async for _ in call:
            pass

    opening = await span_of(recorded, "StreamQuotes")
    ending = await span_of(recorded, "StreamQuotes ended")

    assert opening.attributes["rpc.response.status_code"] == "OK"
    assert ending.attributes["rpc.response.status_code"] == "UNAVAILABLE"
    assert ending.parent == opening.span_id
    assert (opening.is_error, ending.is_error) == (False, True)


async def test_a_stream_that_ends_in_good_order_or_whose_caller_leaves_has_no_other(
    recorded: Collector, mesh: Served
) -> None:
    async for _ in mesh.feed.StreamChains(feed_service_pb2.StreamChainsRequest()):
        pass
    call = mesh.feed.StreamTicks(feed_service_pb2.StreamTicksRequest())
    await call.read()
    call.cancel()
    await mesh.storage.ListProducts(pb.ListProductsRequest())

    await span_of(recorded, "ListProducts")

    assert not [span.name for span in recorded.spans if span.name.endswith("ended")]


async def test_a_role_calls_another_within_its_trace(recorded: Collector, mesh: Served) -> None:
    work = spans.start("work", kind=Kind.CONSUMER)
    assert work is not None
    with spans.entered(work):
        await mesh.traced.ListProducts(pb.ListProductsRequest())
    work.end()

    client = await span_of(recorded, "ListProducts", kind="CLIENT")
    server = await span_of(recorded, "ListProducts")

    assert (client.parent, server.parent) == (work.span_id, client.span_id)
    assert client.trace_id == server.trace_id == work.trace_id
    assert client.attributes["server.address"] == "storage"
    assert client.attributes["rpc.response.status_code"] == "OK"


async def test_a_call_that_fails_is_an_error_to_who_made_it(
    recorded: Collector, mesh: Served
) -> None:
    with (
        spans.entered(spans.start("work", kind=Kind.CONSUMER)),
        pytest.raises(grpc.aio.AioRpcError) as caught,
    ):
        await mesh.traced.ListExpiries(pb.ListExpiriesRequest(product="NIFTY"))

    client = await span_of(recorded, "ListExpiries", kind="CLIENT")

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert client.attributes["rpc.response.status_code"] == "NOT_FOUND"
    assert client.attributes["error.type"] == "NOT_FOUND"
    assert client.is_error


async def test_who_gives_a_traced_call_up_ends_it(recorded: Collector, mesh: Served) -> None:
    with spans.entered(spans.start("work", kind=Kind.CONSUMER)):
        call = mesh.traced.ListQuotes(pb.ListQuotesRequest(symbol="NIFTY-20260127-24500-CE"))
        async with asyncio.timeout(5):
            await mesh.behaving.reached.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    server = await span_of(recorded, "ListQuotes")
    client = await span_of(recorded, "ListQuotes", kind="CLIENT")

    assert server.attributes["rpc.response.status_code"] == "CANCELLED"
    assert client.attributes["rpc.response.status_code"] == "CANCELLED"


async def test_work_that_is_no_part_of_a_trace_sends_none(
    recorded: Collector, mesh: Served
) -> None:
    await mesh.traced.ListProducts(pb.ListProductsRequest())

    server = await span_of(recorded, "ListProducts")

    assert not server.parent
    assert not [span for span in recorded.spans if span.kind == "CLIENT"]


async def test_whoever_is_called_leaves_out_what_its_caller_leaves_out(
    recorded: Collector, mesh: Served
) -> None:
    metadata = (("traceparent", UNSAMPLED),)
    await mesh.storage.ListProducts(pb.ListProductsRequest(), metadata=metadata)
    with spans.entered(spans.start("work", kind=Kind.CONSUMER, parent=UNSAMPLED)):
        await mesh.traced.ListProducts(pb.ListProductsRequest())
    call = mesh.feed.StreamTicks(feed_service_pb2.StreamTicksRequest(), metadata=metadata)
    await call.read()
    call.cancel()
    await mesh.storage.ListProducts(pb.ListProductsRequest(), metadata=IN_A_TRACE)

    await span_of(recorded, "ListProducts")

    assert [span.trace_id for span in recorded.spans] == [TRACE_ID]
    assert not recorded.trace("0" * 32)


async def test_the_ratio_decides_of_what_begins_here_and_of_nothing_else() -> None:
    async with collecting() as collector, recording(collector.endpoint, ratio=0.0):
        async with served() as roles:
            await roles.storage.ListProducts(pb.ListProductsRequest())
            await roles.storage.ListProducts(pb.ListProductsRequest(), metadata=IN_A_TRACE)

        await span_of(collector, "ListProducts")

        assert [span.parent for span in collector.spans] == [ORIGIN.split("-")[2]]


async def test_health_checks_are_not_traced(recorded: Collector, mesh: Served) -> None:
    await mesh.traced.ListProducts(pb.ListProductsRequest())
    await span_of(recorded, "ListProducts")

    assert {span.name for span in recorded.spans} == {f"{PREFIX}/ListProducts"}
