"""The flood counts what it did."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from tests.faults.flood import Flood, Plan, flood


@asynccontextmanager
async def _serving(seen: list[float], *, limit: int, seconds: float = 0.02) -> AsyncIterator[int]:
    under_way = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal under_way
        del request
        seen.append(asyncio.get_running_loop().time())
        if under_way >= limit:
            return web.Response(status=503)
        under_way += 1
        await asyncio.sleep(seconds)
        under_way -= 1
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _plan(port: int, *, per_second: float, connections: int) -> Plan:
    return Plan(
        host="127.0.0.1",
        port=port,
        request=f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        seconds=0.5,
        per_second=per_second,
        connections=connections,
    )


async def _flooded(
    *, per_second: float, connections: int, limit: int = 1000, seconds: float = 0.02
) -> tuple[Flood, int]:
    seen: list[float] = []
    async with _serving(seen, limit=limit, seconds=seconds) as port:
        flood = Flood(_plan(port, per_second=per_second, connections=connections))
        try:
            await flood.run()
        finally:
            flood.close()
            # The other ends are told on the next turn of the loop.
            await asyncio.sleep(0)
    return flood, len(seen)


async def test_at_a_rate_it_asks_so_often_and_counts_every_answer() -> None:
    flood, seen = await _flooded(per_second=200.0, connections=1, seconds=0.1)
    # Were it to wait for its answers, it would ask five times.
    assert 10 <= seen <= 110
    assert flood.report.outcomes == {"200": seen}
    assert len(flood.report.good_seconds) == seen
    assert min(flood.report.good_seconds) >= 0.1


async def test_without_a_rate_each_connection_asks_when_it_is_answered() -> None:
    flood, seen = await _flooded(per_second=0.0, connections=4)
    assert 4 <= seen <= 4 * 26
    assert flood.report.outcomes == {"200": seen}
    assert flood.opened == 0


async def test_refusals_are_counted_apart() -> None:
    flood, seen = await _flooded(per_second=400.0, connections=1, limit=1)
    assert flood.report.outcomes["503"] == len(flood.report.refusal_seconds) > 0
    assert sum(flood.report.outcomes.values()) == seen


async def test_in_a_process_of_its_own_it_reports_the_same() -> None:
    seen: list[float] = []
    async with _serving(seen, limit=1000) as port:
        report = await flood(_plan(port, per_second=100.0, connections=1))
    assert report.outcomes == {"200": len(seen)}
    assert len(report.good_seconds) == len(seen) > 10
