"""Each fault does to real bytes what it says, and no other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as RedisTimeoutError
from tests.faults.proxy import FaultProxy, Way, fault_proxy, to_url
from tests.fixtures.eventually import eventually

from deltastream.runtime.embedded_redis import EmbeddedRedis

DEADLINE = 5.0
NO_RETRY = Retry(NoBackoff(), 0)


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest_asyncio.fixture
async def proxy(echo: str) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(to_url(echo), seed=1) as proxy:
        yield proxy


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def echoed(self, data: bytes, *, within: float = DEADLINE) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(within):
            return await self.reader.readexactly(len(data))


Connect = Callable[[FaultProxy], Awaitable[Client]]


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    clients: list[Client] = []

    async def new(proxy: FaultProxy) -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", proxy.port)))
        return clients[-1]

    yield new
    for client in clients:
        client.writer.transport.abort()


async def _calls(connect: Connect, proxy: FaultProxy) -> tuple[Client, float]:
    client = await connect(proxy)
    begun = asyncio.get_running_loop().time()
    assert await client.echoed(b"hello") == b"hello"
    return client, asyncio.get_running_loop().time() - begun


async def test_without_faults_all_passes(connect: Connect, proxy: FaultProxy) -> None:
    client, _ = await _calls(connect, proxy)
    data = bytes(range(256)) * 4096
    assert await client.echoed(data) == data


async def test_a_delay_holds_up_both_ways(connect: Connect, proxy: FaultProxy) -> None:
    proxy.faults.delay = 0.1
    _, seconds = await _calls(connect, proxy)
    assert seconds >= 0.2


async def test_slices_arrive_one_by_one_and_whole(connect: Connect, proxy: FaultProxy) -> None:
    proxy.faults.slice_bytes = 1
    client = await connect(proxy)
    client.writer.write(b"hello")
    pieces: list[bytes] = []
    async with asyncio.timeout(DEADLINE):
        while sum(map(len, pieces)) < 5:
            pieces.append(await client.reader.read(100))
    assert b"".join(pieces) == b"hello"
    assert len(pieces) > 1


async def test_a_reset_is_felt_at_once_and_the_next_connection_works(
    connect: Connect, proxy: FaultProxy
) -> None:
    client, _ = await _calls(connect, proxy)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await client.echoed(b"again")
    await _calls(connect, proxy)


async def test_a_cut_wire_takes_no_connection_until_it_is_healed(
    connect: Connect, proxy: FaultProxy
) -> None:
    before, _ = await _calls(connect, proxy)
    proxy.cut()
    during = await connect(proxy)
    for client in (before, during):
        with pytest.raises(ConnectionResetError):
            await client.echoed(b"anyone?")
    proxy.heal()
    await _calls(connect, proxy)


async def test_a_black_hole_accepts_and_never_answers(connect: Connect, proxy: FaultProxy) -> None:
    before, _ = await _calls(connect, proxy)
    proxy.black_hole()
    during = await connect(proxy)
    for client in (before, during):
        with pytest.raises(TimeoutError):
            await client.echoed(b"anyone?", within=0.2)


async def test_after_a_black_hole_torn_connections_are_reset_and_new_ones_work(
    connect: Connect,
    proxy: FaultProxy,
) -> None:
    torn, _ = await _calls(connect, proxy)
    untouched, _ = await _calls(connect, proxy)
    proxy.black_hole()
    with pytest.raises(TimeoutError):
        await torn.echoed(b"anyone?", within=0.2)
    proxy.heal()
    with pytest.raises(ConnectionError):
        await torn.echoed(b"again")
    assert await untouched.echoed(b"again") == b"again"
    await _calls(connect, proxy)


async def test_who_gives_up_in_a_black_hole_is_noted_and_the_other_end_not_told(
    connect: Connect,
    proxy: FaultProxy,
) -> None:
    client, _ = await _calls(connect, proxy)
    proxy.black_hole()
    client.writer.close()

    async def closings() -> list[bool]:
        return [closing.by_client for closing in proxy.closings]

    assert await eventually(closings, bool) == [True]
    (connection,) = proxy.connections
    assert connection.server is not None
    assert not connection.server[1].is_closing()


@pytest.mark.parametrize(("way", "arrives"), [(Way.TO_SERVER, False), (Way.TO_CLIENT, True)])
async def test_one_way_swallows_that_way_only(connect: Connect, way: Way, *, arrives: bool) -> None:
    heard = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(100):
            heard.set()
            writer.write(b"heard")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, fault_proxy(to_url(url), seed=1) as proxy:
        proxy.faults.swallowed = frozenset({way})
        client = await connect(proxy)
        with pytest.raises(TimeoutError):
            await client.echoed(b"hello", within=0.3)
        assert heard.is_set() == arrives
        client.writer.close()


async def test_exactly_one_reply_is_lost_and_what_it_answered_was_done(
    redis_server: EmbeddedRedis,
) -> None:
    async with fault_proxy(to_url(redis_server.url), seed=1, replies=True) as proxy:
        client = Redis(host="127.0.0.1", port=proxy.port, socket_timeout=0.3, retry=NO_RETRY)
        await client.set("counter", 0)
        proxy.faults.replies_to_lose = 1
        with pytest.raises(RedisTimeoutError):
            await client.incr("counter")
        assert proxy.lost_replies == 1
        assert await client.get("counter") == b"1"
        await client.aclose()


async def test_a_connection_that_lost_a_reply_gets_no_later_one(
    connect: Connect,
    redis_server: EmbeddedRedis,
) -> None:
    async with fault_proxy(to_url(redis_server.url), seed=1, replies=True) as proxy:
        proxy.faults.replies_to_lose = 1
        client = await connect(proxy)
        client.writer.write(b"PING\r\nECHO later\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.reader.read(1)


async def test_a_share_of_replies_is_lost_the_same_for_the_same_seed(
    connect: Connect,
    redis_server: EmbeddedRedis,
) -> None:
    async def lost(seed: int) -> list[int]:
        places = []
        async with fault_proxy(to_url(redis_server.url), seed=seed, replies=True) as proxy:
            proxy.faults.reply_loss = 0.2
            for number in range(60):
                client = await connect(proxy)
                if await _lost_one(client, proxy):
                    places.append(number)
        return places

    first = await lost(7)
    assert first == await lost(7)
    assert 2 <= len(first) <= 30


async def _lost_one(client: Client, proxy: FaultProxy) -> bool:
    before = proxy.lost_replies
    client.writer.write(b"PING\r\n")
    answered = asyncio.create_task(client.reader.read(10))

    async def outcome() -> bool:
        return answered.done() or proxy.lost_replies > before

    await eventually(outcome, bool)
    lost = not answered.done()
    answered.cancel()
    return lost
