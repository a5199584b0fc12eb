"""When MongoDB does not answer, callers are told to try again; when it does, it serves."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pymongo.errors
import pytest
from pymongo import AsyncMongoClient
from tests.fixtures import mongo_servers
from tests.fixtures.eventually import eventually
from tests.store.adapters import (
    CANCELS_CONNECTING,
    MONGODB_ALONE,
    skip_unless_it_asks_for_credentials,
)
from tests.store.market_events import EVERYTHING, chain, tick
from tests.store.mongo_link import linked

from deltastream.adapters.store.choose import open_store
from deltastream.adapters.store.mongodb.failures import DatabaseUnusableError
from deltastream.adapters.store.mongodb.market_store import MongoMarketStore
from deltastream.domain.errors import DependencyUnavailableError, InvalidValueError
from deltastream.ports.store import MarketStore, Written

pytestmark = CANCELS_CONNECTING

HASTE = "timeoutMS=800&connectTimeoutMS=300"
A_MOMENT = 2.0


@pytest.fixture
def free_port() -> Iterator[int]:
    """Keep a port for one server, that another program may be given only after the test."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


async def answers(store: MarketStore) -> bool:
    try:
        await store.ping()
    except DependencyUnavailableError:
        return False
    return True


@pytest.mark.parametrize(
    "server", [each for each in mongo_servers.HERE if each != "mongodb-server"]
)
async def test_a_server_may_come_late_go_and_come_again(
    server: str, free_port: int, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port}"
    store = await open_store(f"mongodb://{address}/market?{HASTE}")
    with pytest.raises(DependencyUnavailableError) as raised:
        await store.put_ticks([tick(1)])
    assert raised.value.metadata == {"dependency": "store"}

    with mongo_servers.running(server, tmp_path / "files", address=address):
        assert await eventually(lambda: answers(store), bool, seconds=20)
        assert await store.put_ticks([tick(1)]) == Written(stored=1, unchanged=0)
        async with AsyncMongoClient[dict[str, Any]](f"mongodb://{address}/market") as client:
            made = await client["market"]["ticks"].index_information()
        assert made.keys() == {"_id_", "newest", "in_sequence"}
    assert not await answers(store)

    with mongo_servers.running(server, tmp_path / "files", address=address):
        assert await eventually(lambda: answers(store), bool, seconds=20)
        await store.put_ticks([tick(1), tick(2)])
        assert await store.ticks("NIFTY", EVERYTHING) == [tick(2), tick(1)]
    await store.close()


@MONGODB_ALONE
async def test_a_server_that_falls_silent_is_given_up_within_the_timeout(store_url: str) -> None:
    async with linked(store_url) as link:
        store = await open_store(f"{link.url}?{HASTE}")
        await store.put_ticks([tick(1)])
        link.silent = True
        begun = monotonic()
        calls = (
            store.put_chains([chain(0, sequence=1)]),
            store.ticks("NIFTY", EVERYTHING),
            store.ping(),
        )
        silences = await asyncio.gather(*calls, return_exceptions=True)
        assert monotonic() - begun < A_MOMENT
        assert [type(each) for each in silences] == [DependencyUnavailableError] * 3
        link.silent = False
        assert await eventually(lambda: answers(store), bool)
        assert await store.ticks("NIFTY", EVERYTHING) == [tick(1)]
        await store.close()


@MONGODB_ALONE
async def test_a_closed_store_is_unavailable(store_url: str) -> None:
    store = await open_store(store_url)
    await store.close()
    await store.close()
    with pytest.raises(DependencyUnavailableError):
        await store.put_ticks([tick(1)])
    with pytest.raises(DependencyUnavailableError):
        await store.ticks("NIFTY", EVERYTHING)
    with pytest.raises(DependencyUnavailableError):
        await store.ping()


@MONGODB_ALONE
async def test_closing_finishes_what_was_begun_and_answers_all(store_url: str) -> None:
    store = await open_store(store_url)
    writes = [asyncio.create_task(store.put_ticks([tick(number)])) for number in range(200)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await store.close()
        written = await asyncio.gather(*writes, return_exceptions=True)
    assert written[0] == Written(stored=1, unchanged=0)
    assert isinstance(written[-1], DependencyUnavailableError)
    acknowledged = [tick(number) for number, each in enumerate(written) if type(each) is Written]
    again = await open_store(store_url)
    stored = await again.ticks("NIFTY", EVERYTHING)
    await again.close()
    assert len(acknowledged) + sum(map(is_unavailable, written)) == 200
    assert stored[::-1] == acknowledged


def is_unavailable(answer: object) -> bool:
    return isinstance(answer, DependencyUnavailableError)


@MONGODB_ALONE
async def test_a_cancelled_call_gives_its_place_back(store: MarketStore) -> None:
    await store.put_ticks([tick(1)])
    for _ in range(5):
        reads = [asyncio.create_task(store.ticks("NIFTY", EVERYTHING)) for _ in range(80)]
        await asyncio.sleep(0)
        for read in reads:
            read.cancel()
        await asyncio.wait(reads, timeout=10)
    async with asyncio.timeout(10):
        assert await store.ticks("NIFTY", EVERYTHING) == [tick(1)]


@MONGODB_ALONE
async def test_a_mistake_of_ours_is_not_blamed_on_the_database(store_url: str) -> None:
    store = await MongoMarketStore.open(store_url)
    with pytest.raises(pymongo.errors.OperationFailure):
        async with store._connection.call() as database:
            await database["ticks"].aggregate([{"$unheard": {}}])
    await store.close()


@MONGODB_ALONE
async def test_a_sequence_beyond_63_bits_is_refused_by_name(store: MarketStore) -> None:
    with pytest.raises(InvalidValueError, match=r"sequence: must be below 2\^63"):
        await store.put_chains([chain(0, sequence=1), chain(1, sequence=2**63)])
    assert await store.chains("NIFTY", None, EVERYTHING, with_legs=False) == []


@MONGODB_ALONE
async def test_credentials_that_are_refused_stop_the_opening(store_url: str, adapter: str) -> None:
    skip_unless_it_asks_for_credentials(adapter)
    refused = store_url.replace("mongodb://", "mongodb://nobody:hunter2@")
    with pytest.raises(DatabaseUnusableError, match="refuses the URL's credentials") as raised:
        await open_store(refused)
    assert "hunter2" not in str(raised.value)
