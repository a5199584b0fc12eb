"""An enrichment service in a process of its own, to be killed or frozen.

`python -m tests.passthrough.service_process PORT` prints its port when it serves. A stream says
"first" and nothing more; a unary call is answered with its request.
"""

import asyncio
import sys

from tests.passthrough.public_mesh import STREAM_CHAINS, recording
from tests.passthrough.recording import Context, Recorder

from deltastream.runtime.health import Health

SERVICE = "deltastream.enrichment.v1.EnrichmentService"


async def answer(request: bytes, context: Context) -> bytes | None:
    """Say one thing, and keep a stream open."""
    if request != b"stream":
        return request
    await context.write(b"first")
    await asyncio.Event().wait()
    return None


async def main(port: int) -> None:
    """Serve until killed."""
    service = Recorder(SERVICE, frozenset({STREAM_CHAINS}), answer)
    health = Health(services=(SERVICE,), probes={})
    async with recording(service, health, port) as taken:
        sys.stdout.write(f"{taken}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
