"""A copy of MongoDB's documents and indexes, as dumps of it hold them, is a whole database.

Read and written here as mongodump and mongorestore do: raw BSON, then the indexes as the server
lists them. The tools themselves are not part of this.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pymongo
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo.operations import IndexModel
from tests.auth.conftest import NOW, PASSWORD
from tests.fixtures import mongo_servers
from tests.store.adapters import MONGODB_ALONE
from tests.store.market_events import EVERYTHING, candle, chain, facts, quote, tick

from deltastream.adapters.store.choose import open_store
from deltastream.adapters.users.choose import open_users
from deltastream.auth.directory import Directory
from deltastream.auth.passwords import PasswordHasher
from deltastream.domain.errors import EmailTakenError
from deltastream.ports.users import READER, UserDatabase

pytestmark = MONGODB_ALONE
EMAIL = "ada@example.com"


@pytest.fixture
def server(adapter: str, mongo_server: Callable[[str], str]) -> str:
    """Return the URL of a server."""
    return mongo_server(adapter)


@pytest.fixture
def source(server: str) -> Iterator[str]:
    with mongo_servers.empty_database(server) as url:
        yield url


@pytest.fixture
def target(server: str) -> Iterator[str]:
    with mongo_servers.empty_database(server) as url:
        yield url


def copy(source: str, target: str) -> int:
    """Copy all collections with their indexes; return how many documents that were."""
    with (
        pymongo.MongoClient(source, document_class=RawBSONDocument) as read,
        pymongo.MongoClient[dict[str, Any]](target) as written,
    ):
        here, there = read.get_default_database(), written.get_default_database()
        return sum(
            _copy_collection(here[name], there[name]) for name in here.list_collection_names()
        )


def _copy_collection(here: Any, there: Any) -> int:
    documents = list(here.find())
    if documents:
        there.insert_many(documents)
    indexes = here.index_information()
    del indexes["_id_"]
    models = [
        IndexModel(index["key"], name=name, unique=index.get("unique", False))
        for name, index in indexes.items()
    ]
    for model in models:
        there.create_indexes([model])
    return len(documents)


async def test_market_data_is_whole_and_goes_on(source: str, target: str) -> None:
    store = await open_store(source)
    await store.put_ticks([tick(number) for number in range(20)])
    await store.put_chains([chain(1, sequence=5)])
    await store.put_quotes([quote(1, sequence=6)])
    await store.put_candles([candle(0)])
    stored = await store.chains("NIFTY", None, EVERYTHING, with_legs=True)
    ticks = await store.ticks("NIFTY", EVERYTHING)
    await store.close()
    assert copy(source, target) >= 23
    # With the indexes there already: opening wants to make the same.
    restored = await open_store(target)
    assert await restored.ticks("NIFTY", EVERYTHING) == ticks
    chains = await restored.chains("NIFTY", None, EVERYTHING, with_legs=True)
    assert list(map(facts, chains)) == list(map(facts, stored))
    assert len(await restored.candles("NIFTY", 1, EVERYTHING)) == 1
    # An older write still replaces nothing, and a newer one does.
    await restored.put_chains([chain(1, sequence=4), chain(2, sequence=7)])
    found = await restored.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert sorted(each.chain.sequence for each in found) == [5, 7]
    await restored.close()


async def test_users_log_in_to_what_was_restored(source: str, target: str) -> None:
    with PasswordHasher(cost=4) as hasher:
        users = await open_users(source)
        user = await directory(users, hasher).create(
            email=EMAIL, password=PASSWORD, name="Ada", roles=(READER,)
        )
        await users.close()
        copy(source, target)
        restored = await open_users(target)
        assert await restored.users.by_email(EMAIL) == user
        with pytest.raises(EmailTakenError):
            await restored.users.add(replace(user, id="another"))
        await restored.close()


def directory(database: UserDatabase, hasher: PasswordHasher) -> Directory:
    return Directory(users=database.users, hasher=hasher, clock=lambda: NOW)
