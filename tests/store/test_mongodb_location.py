"""The URL of a MongoDB: what it names, what it may set, and that it is in no text."""

import logging

import pytest
from tests.store.adapters import CANCELS_CONNECTING

from deltastream.adapters.store.choose import open_store
from deltastream.adapters.store.mongodb.connection import Connection, MarketDatabase
from deltastream.adapters.store.mongodb.location import location_of
from deltastream.adapters.store.mongodb.market_store import MongoMarketStore
from deltastream.domain.errors import DependencyUnavailableError

pytestmark = CANCELS_CONNECTING

SECRET = "hunter2"  # noqa: S105 - of nobody
NOBODY_THERE = "127.0.0.1:1"


async def nothing(database: MarketDatabase) -> None:
    """Prepare nothing."""


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("mongodb://localhost", "deltastream"),
        ("mongodb://localhost/", "deltastream"),
        ("mongodb://localhost:27017/market", "market"),
        ("mongodb://u:p@one:1,two:2/market?replicaSet=rs0", "market"),
        ("mongodb+srv://cluster.example.net/?authSource=admin", "deltastream"),
        ("mongodb://%2Ftmp%2Fmongodb.sock/market", "market"),
        ("mongodb://me:a#b@localhost/market", "market"),
        ("mongodb://localhost?w=1", "deltastream"),
        ("mongodb://localhost/m%C3%A4rkte", "märkte"),
    ],
)
def test_the_path_names_the_database(url: str, database: str) -> None:
    assert location_of(url).database == database


@pytest.mark.parametrize("path", ["a.b", "a/b", "a%20b", "a$b", "%00", "a:b"])
def test_a_path_that_names_no_database_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is the name of a database"):
        location_of(f"mongodb://localhost/{path}")


async def test_calls_and_connections_are_bounded_unless_the_url_says_otherwise() -> None:
    bounded = await Connection.open(location_of(f"mongodb://{NOBODY_THERE}"), prepare=nothing)
    options = bounded._client.options
    assert options.timeout == 4.0
    assert (options.pool_options.connect_timeout, options.pool_options.max_pool_size) == (2.0, 16)
    await bounded.close()
    stated = f"mongodb://{NOBODY_THERE}/?TIMEOUTms=700&maxPoolSize=3"
    changed = await Connection.open(location_of(stated), prepare=nothing)
    options = changed._client.options
    assert options.timeout == 0.7
    assert (options.pool_options.connect_timeout, options.pool_options.max_pool_size) == (2.0, 3)
    await changed.close()


@pytest.mark.parametrize("options", ["", "?w=0", "?w=1&journal=false"])
async def test_a_write_is_acknowledged_by_the_majority_whatever_the_url_says(options: str) -> None:
    location = location_of(f"mongodb://{NOBODY_THERE}/{options}")
    connection = await Connection.open(location, prepare=nothing)
    assert connection._database.write_concern.document == {"w": "majority", "j": True}
    assert connection._client.options.retry_writes
    await connection.close()


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://me:{SECRET}@{NOBODY_THERE}:x/market",
        f"mongodb://me:{SECRET}@/market",
        f"mongodb://me:{SECRET}@{NOBODY_THERE}/market?timeoutMS={SECRET}",
        f"mongodb://me:{SECRET}/@{NOBODY_THERE}/market",
        f"mongodb://me:{SECRET}@word@{NOBODY_THERE}/market",
        f"mongodb://{NOBODY_THERE}/market?unheardOf={SECRET}",
        f"mongodb://me:a?{SECRET}@{NOBODY_THERE}/market",
        f"mongodb://me:a?{SECRET}=1@{NOBODY_THERE}/market",
        f"mongodb://me:{SECRET}@{NOBODY_THERE}/{SECRET}/market",
        f"mongo://me:{SECRET}@{NOBODY_THERE}/market",
        f"mongodb:me:{SECRET}@{NOBODY_THERE}",
    ],
)
async def test_a_url_that_is_not_understood_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="URL") as raised:
        await open_store(url)
    texts = [repr(raised.value), *map(repr, causes_of(raised.value))]
    assert not [text for text in texts if SECRET in text]


def causes_of(error: BaseException) -> list[BaseException]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [] if cause is None else [cause, *causes_of(cause)]


async def test_a_password_is_in_no_text_of_an_open_store(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hasty = "timeoutMS=100"
    location = location_of(f"mongodb://me:{SECRET}@{NOBODY_THERE}/market?{hasty}")
    store = await MongoMarketStore.open(location.url)
    with pytest.raises(DependencyUnavailableError) as raised:
        await store.ping()
    texts = [repr(location), repr(store), repr(vars(store)), caplog.text]
    texts += [repr(error) for error in (raised.value, *causes_of(raised.value))]
    texts.append(repr(vars(store._connection)))
    await store.close()
    assert not [text for text in texts if SECRET in text]
