"""An enrichment service in a process of its own, to be killed or frozen.

`python -m tests.passthrough.service_process` prints its port when it serves. A stream says
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


async def main() -> None:
    """Serve until killed."""
    service = Recorder(SERVICE, frozenset({STREAM_CHAINS}), answer)
    health = Health(services=(SERVICE,), probes={})
    async with recording(service, health) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
