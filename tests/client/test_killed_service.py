"""A real process that is killed while it streams: the reader notices nothing but a pause."""

import asyncio

from tests.fixtures.counting_service import counting_service

from deltastream.client.mesh import Mesh


async def test_nothing_is_missed_or_repeated_across_kills(unused_tcp_port: int) -> None:
    seen: list[int] = []
    async with Mesh(f"localhost:{unused_tcp_port}") as mesh, asyncio.timeout(30):
        async with mesh.ticks("NIFTY") as stream:
            for _ in range(3):
                async with counting_service(unused_tcp_port) as process:
                    enough = len(seen) + 100
                    while len(seen) < enough:
                        seen.append((await anext(stream)).sequence)
                    process.kill()
        # A reader that starts again, with what the last one wrote down.
        async with counting_service(unused_tcp_port):
            async for tick in mesh.ticks("NIFTY", resume=stream.token):
                seen.append(tick.sequence)
                if len(seen) == 400:
                    break
    assert seen == list(range(1, 401))
