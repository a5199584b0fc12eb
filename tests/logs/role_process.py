"""The role as a process of its own, to be killed; and an auth that knows its callers."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.fixtures.running_mesh import environment
from tests.fixtures.token_authority import AUTH, SERVICE_SECRET, TokenAuthority

from deltastream.runtime.health import Health
from deltastream.runtime.server import serving


@asynccontextmanager
async def serving_auth(authority: TokenAuthority) -> AsyncIterator[str]:
    """Serve auth, and yield its address."""
    health = Health(services=(AUTH,), probes={})
    await health.announce()
    async with serving(
        listen="127.0.0.1:0",
        services=(AUTH,),
        add_servicers=authority.add_to,
        health=health,
        settings=LoopbackSettings(reflection=False, drain_seconds=0.0),
    ) as port:
        yield f"127.0.0.1:{port}"


@asynccontextmanager
async def logs_process(
    folder: Path, *, address: str, auth: str, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `deltastream logs` until the block is left or it is killed; it may not serve yet."""
    output = (folder / "logs.out").open("ab")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deltastream.logs"),
        env=environment(
            DELTASTREAM_LOGS_LISTEN=address,
            DELTASTREAM_AUTH_ADDRESS=auth,
            DELTASTREAM_SERVICE_SECRET=SERVICE_SECRET,
            DELTASTREAM_LOG_FORMAT="json",
            DELTASTREAM_DRAIN_SECONDS="0",
            **settings,
        ),
        cwd=folder,
        stdout=output,
        stderr=output,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(10):
                await process.wait()
        output.close()
