"""The streams behind the gateway: one for all clients, only while needed, across failures."""

import asyncio

import grpc
from google.protobuf.duration_pb2 import Duration
from tests.edge.sockets_mesh import (
    DEADLINE,
    chain,
    chains,
    listening,
    running_mesh,
    tick,
    ticks,
)

from deltastream.enrichment.v1.enrichment_service_pb2 import StreamTicksResponse
from deltastream.stream.v1.stream_pb2 import (
    DELIVERY_POLICY_CONFLATED,
    CaughtUp,
    GoAway,
    Heartbeat,
    Reset,
    Started,
)

TOKENS = [f"token {number}" for number in range(10)]


async def test_any_number_of_clients_share_one_stream_of_each_kind() -> None:
    async with running_mesh() as mesh, listening(mesh) as one, listening(mesh) as two:
        async with listening(mesh) as three:
            clients = (one, two, three)
            ticking, chaining = await mesh.streams()
            for client in clients:
                for kind in ("product", "chain"):
                    await client.call("subscribe", {"type": kind, "symbol": "NIFTY"})
                    await client.next_of("subscribed")
            ticking.send(ticks(tick("NIFTY", 1.0, sequence=1)))
            chaining.send(chains(chain("NIFTY", sequence=2)))
            for client in clients:
                received = {(await client.next())[0] for _ in range(3)}
                assert received == {"underlying_update", "chain_summary", "chain_update"}
        assert (mesh.ticks.count, mesh.chains.count) == (1, 1)


async def test_the_streams_ask_for_all_products_conflated_from_a_snapshot() -> None:
    async with running_mesh() as mesh, listening(mesh):
        for stream in await mesh.streams():
            assert list(stream.request.products) == []
            assert stream.request.resume_token == ""
            assert stream.request.delivery == DELIVERY_POLICY_CONFLATED


async def test_no_stream_is_open_before_a_client_connects() -> None:
    async with running_mesh() as mesh:
        assert (mesh.ticks.count, mesh.chains.count) == (0, 0)
        async with listening(mesh):
            await mesh.streams()


async def test_the_streams_are_cancelled_when_nobody_has_listened_for_a_while() -> None:
    async with running_mesh(linger_seconds=0.05) as mesh:
        async with listening(mesh):
            streams = await mesh.streams()
        for stream in streams:
            async with asyncio.timeout(DEADLINE):
                await stream.ended.wait()


async def test_the_streams_outlive_a_short_absence_of_clients() -> None:
    async with running_mesh() as mesh:
        async with listening(mesh):
            stream, _ = await mesh.streams()
        async with listening(mesh) as client:
            stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
            await client.next_of("underlying_update")
            assert mesh.ticks.count == 1


async def test_after_a_long_absence_nothing_stale_is_given_to_the_next_client() -> None:
    async with running_mesh(linger_seconds=0.05) as mesh:
        async with listening(mesh) as client:
            stream, _ = await mesh.streams()
            stream.send(ticks(tick("NIFTY", 1.0, sequence=1), token=TOKENS[1]))
            await client.next_of("underlying_update")
        async with asyncio.timeout(DEADLINE):
            await stream.ended.wait()
        async with listening(mesh) as client:
            again, _ = await mesh.streams()
            assert again.request.resume_token == ""
            again.send(ticks(tick("NIFTY", 2.0, sequence=2), snapshot=True))
            assert (await client.next_of("underlying_update"))["price"] == 2.0


async def test_after_a_failure_the_stream_goes_on_after_the_last_frame() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1), token=TOKENS[1]))
        first = await client.next_of("underlying_update")
        stream.send(StreamTicksResponse(resume_token=TOKENS[2], heartbeat=Heartbeat()))
        stream.fail(grpc.StatusCode.UNAVAILABLE)

        again = await mesh.ticks.call()
        assert again.request.resume_token == TOKENS[2]
        again.send(StreamTicksResponse(started=Started()))
        again.send(ticks(tick("NIFTY", 2.0, sequence=2), token=TOKENS[3]))
        second = await client.next_of("underlying_update")
        assert (second["price"], second["seq"]) == (2.0, first["seq"] + 1)
        again.fail(grpc.StatusCode.UNAVAILABLE)
        assert (await mesh.ticks.call()).request.resume_token == TOKENS[3]


async def test_a_failing_stream_is_tried_until_it_is_back() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        for code in (
            grpc.StatusCode.UNAVAILABLE,
            grpc.StatusCode.INTERNAL,
            grpc.StatusCode.RESOURCE_EXHAUSTED,
        ):
            (await mesh.ticks.call()).fail(code)
        (await mesh.ticks.call()).end()
        (await mesh.ticking()).send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")


async def test_while_a_stream_is_away_clients_keep_what_they_have_and_others_get_it() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")
        stream.fail(grpc.StatusCode.UNAVAILABLE)
        await mesh.ticks.call()
        async with listening(mesh) as other:
            assert (await other.next_of("underlying_update"))["price"] == 1.0
        await client.silence()


async def test_after_a_reset_only_the_new_snapshot_counts() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, chaining = await mesh.streams()
        chaining.send(chains(chain("NIFTY", sequence=1)))
        await client.next_of("chain_summary")
        stream.send(ticks(tick("NIFTY", 9.0, sequence=900), tick("OLD", 1.0, sequence=1)))
        last = await client.next_of("underlying_update")
        await client.next_of("underlying_update")
        stream.send(StreamTicksResponse(reset=Reset()))
        # A new event log counts from the beginning.
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1), snapshot=True))
        update = await client.next_of("underlying_update")
        assert (update["price"], update["seq"]) == (1.0, last["seq"] + 2)

        wanted = {"type": "product", "symbol": "NIFTY", "resume": last["seq"]}
        assert (await client.call("subscribe", wanted))["resumed"] is False
        async with listening(mesh) as other:
            given = [await other.next() for _ in range(2)]
            await other.silence()
        assert [(event, payload["product"]) for event, payload in given] == [
            ("chain_summary", "NIFTY"),
            ("underlying_update", "NIFTY"),
        ]


async def test_on_go_away_the_stream_is_opened_again_with_its_token() -> None:
    async with running_mesh() as mesh, listening(mesh):
        stream, _ = await mesh.streams()
        farewell = GoAway(reconnect_after=Duration(nanos=10_000_000))
        stream.send(StreamTicksResponse(resume_token=TOKENS[9], go_away=farewell))
        again = await mesh.ticks.call()
        assert again.request.resume_token == TOKENS[9]
        async with asyncio.timeout(DEADLINE):
            await stream.ended.wait()


async def test_a_silent_stream_is_given_up_and_opened_again() -> None:
    async with running_mesh() as mesh, listening(mesh):
        stream = await mesh.ticks.call()
        often = Duration(nanos=1_000_000)
        stream.send(StreamTicksResponse(started=Started(heartbeat_interval=often)))
        stream.send(StreamTicksResponse(resume_token=TOKENS[1], caught_up=CaughtUp()))
        again = await mesh.ticks.call()
        assert again.request.resume_token == TOKENS[1]
        async with asyncio.timeout(DEADLINE):
            await stream.ended.wait()


async def test_not_even_a_refusal_ends_the_gateway() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        for code in (
            grpc.StatusCode.UNAUTHENTICATED,
            grpc.StatusCode.UNIMPLEMENTED,
            grpc.StatusCode.INVALID_ARGUMENT,
        ):
            (await mesh.ticks.call()).fail(code)
        (await mesh.ticking()).send(ticks(tick("NIFTY", 1.0, sequence=1)))
        await client.next_of("underlying_update")


async def test_a_frame_that_is_missing_is_asked_for_again() -> None:
    async with running_mesh() as mesh, listening(mesh) as client:
        stream, _ = await mesh.streams()
        stream.send(ticks(tick("NIFTY", 1.0, sequence=1), token=TOKENS[1]))
        first = await client.next_of("underlying_update")
        late = ticks(tick("NIFTY", 3.0, sequence=3), token=TOKENS[3])
        late.sequence = 9
        stream.send(late)
        again = await mesh.ticking()
        assert again.request.resume_token == TOKENS[1]
        again.send(ticks(tick("NIFTY", 2.0, sequence=2), token=TOKENS[2]))
        second = await client.next_of("underlying_update")
        assert (second["price"], second["seq"]) == (2.0, first["seq"] + 1)
