"""What checks requests is loaded with the first of them, while the role goes on."""

import asyncio
import json
import sys
from pathlib import Path

from tests.fixtures.running_mesh import ROOT, environment

SECONDS = 30.0
# Says whether protovalidate was imported in the main thread, each time it was: before any request,
# and after two of them.
A_SERVER = """
import asyncio, grpc, json, pathlib, sys, threading
from tests.runtime.test_interceptors import serve
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

class Watch:
    imports = []

    def find_spec(self, name, path=None, target=None):
        if name == "protovalidate":
            self.imports.append(threading.current_thread() is threading.main_thread())

async def main():
    sys.meta_path.insert(0, Watch())
    async with serve() as channel:
        before, refusals = list(Watch.imports), []
        for _ in range(2):
            try:
                await StorageServiceStub(channel).PutTicks(pb.PutTicksRequest())
            except grpc.aio.AioRpcError as refusal:
                refusals.append(refusal.details())
        found = {"before": before, "after": Watch.imports, "refusals": refusals}
        pathlib.Path(sys.argv[1]).write_text(json.dumps(found))

asyncio.run(main())
"""


async def test_it_is_loaded_with_the_first_request_and_holds_nothing_up(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", A_SERVER, str(found), env=environment(), cwd=ROOT
    )
    async with asyncio.timeout(SECONDS):
        assert await process.wait() == 0
    assert json.loads(found.read_text()) == {
        "before": [],
        "after": [False],
        "refusals": 2 * ["ticks: must contain at least 1 item(s)"],
    }
