"""The grpc-gateway that tests/gateway/build builds, as a process."""

import asyncio
import os
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

ASKED_FOR: Final = "DELTASTREAM_TEST_GATEWAY"
PROGRAM: Final = Path(__file__).parents[2] / ".tools/gateway/gateway"
NOT_ASKED_FOR: Final = (
    "compares the edge with a grpc-gateway, which needs Go: `make test-gateway` builds one and"
    f" runs these tests; {ASKED_FOR}=1 asks for them once tests/gateway/build has built it"
)
asked_for: Final = bool(os.environ.get(ASKED_FOR))

_LONGEST_START: Final = 20.0
_LONGEST_END: Final = 10.0


@asynccontextmanager
async def running_gateway(services_port: int) -> AsyncIterator[str]:
    """Run a gateway before the services on a port inside the block, and yield its URL."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "127.0.0.1:0", f"127.0.0.1:{services_port}", stdout=PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), _LONGEST_START)
        assert line, "the gateway ended: see what it wrote"
        yield f"http://{line.decode().strip()}"
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _LONGEST_END)
        except TimeoutError:
            process.kill()
            await process.wait()
