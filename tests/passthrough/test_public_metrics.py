"""What the public address measures: calls by the contract's names, and streams by their frames."""

from typing import Final

import grpc
import pytest
from tests.fixtures.eventually import eventually
from tests.fixtures.measured import measured
from tests.passthrough.public_mesh import GET_FEED_STATUS, STREAM_CHAINS, public_mesh
from tests.passthrough.recording import Said, begun, heard, saying

from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

CANARY: Final = "Canary81f"


async def test_a_call_that_passes_is_counted_under_its_methods_name() -> None:
    labels = {"rpc_service": "deltastream.feed.v1.FeedService", "rpc_method": "GetFeedStatus"}
    before = measured(names.RPC_CALLS, **labels, code="OK")

    async def counted() -> float:
        return measured(names.RPC_CALLS, **labels, code="OK")

    async with public_mesh() as mesh:
        await heard(mesh.public, GET_FEED_STATUS, b"", streaming=False)
        await eventually(counted, lambda value: value == before + 1)


async def test_frames_that_pass_are_counted_one_by_one() -> None:
    before = measured(names.STREAM_FRAMES_SENT, rpc_method="StreamChains")
    async with public_mesh() as mesh:
        mesh.script(saying(Said(messages=(b"1", b"2", b"3")), streaming=True))
        said = await heard(mesh.public, STREAM_CHAINS, b"", streaming=True)
    assert len(said.messages) == 3
    assert measured(names.STREAM_FRAMES_SENT, rpc_method="StreamChains") == before + 3


async def test_methods_that_there_are_not_share_one_name() -> None:
    unknown = {"rpc_service": "unknown", "rpc_method": "unknown", "code": "UNIMPLEMENTED"}
    before = measured(names.RPC_CALLS, **unknown)

    async def counted() -> float:
        return measured(names.RPC_CALLS, **unknown)

    async with public_mesh() as mesh:
        for path in (f"/deltastream.{CANARY}/It", f"/deltastream.feed.v1.FeedService/{CANARY}"):
            with pytest.raises(grpc.aio.AioRpcError):
                await begun(mesh.public, path, streaming=False)
        await eventually(counted, lambda value: value == before + 2)
    series = [sample for family in PROCESS.registry.collect() for sample in family.samples]
    assert not [sample for sample in series if CANARY in str(sample.labels)]
