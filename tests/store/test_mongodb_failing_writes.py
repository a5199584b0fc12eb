"""Bulk writes of which some fail: those are repeated, alone, or the caller is told."""

from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
from tests.store.adapters import MONGODB_ALONE
from tests.store.market_events import EVERYTHING, chain, published_at, quote, tick
from tests.store.mongo_link import Document, Link, linked

from deltastream.adapters.store.choose import open_store
from deltastream.adapters.store.mongodb.failures import DocumentRefusedError
from deltastream.domain.errors import DependencyUnavailableError
from deltastream.ports.store import MarketStore, Written

pytestmark = MONGODB_ALONE

WRITE_CONFLICT, NOT_PRIMARY, INVALID = 112, 10107, 121


@pytest.fixture
async def link(store_url: str) -> AsyncIterator[Link]:
    async with linked(store_url) as opened:
        yield opened


@pytest.fixture
async def far_store(link: Link) -> AsyncIterator[MarketStore]:
    """Open the database at the far end of the link."""
    opened = await open_store(link.url)
    yield opened
    await opened.close()


def failing(code: int, *sequences: int, times: int = 1) -> Callable[[Document], int]:
    """Let the writes of some ticks or chains fail so many times."""
    left = Counter(dict.fromkeys(sequences, times))

    def fails(document: Document) -> int:
        sequence = document.get("u", document)["sequence"]
        left[sequence] -= 1
        return code if left[sequence] >= 0 else 0

    return fails


def sequences_of(written: list[list[Document]]) -> list[list[int]]:
    return [[each.get("u", each)["sequence"] for each in batch] for batch in written]


async def test_what_fails_for_a_moment_is_repeated_alone(
    far_store: MarketStore, store: MarketStore, link: Link
) -> None:
    link.fails = failing(WRITE_CONFLICT, 2, 4, times=2)
    batch = [tick(number) for number in range(1, 6)]
    assert await far_store.put_ticks(batch) == Written(stored=5, unchanged=0)
    assert sequences_of(link.written) == [[1, 3, 5], [], [2, 4]]
    assert await store.ticks("NIFTY", EVERYTHING) == batch[::-1]


async def test_a_replacement_that_fails_for_a_moment_is_repeated_alone(
    far_store: MarketStore, store: MarketStore, link: Link
) -> None:
    await store.put_chains([chain(seconds, sequence=1) for seconds in range(3)])
    newer = [chain(seconds, sequence=10 + seconds) for seconds in range(3)]
    fails = failing(WRITE_CONFLICT, 11)
    link.fails = lambda document: fails(document) if "u" in document else 0
    assert await far_store.put_chains(newer) == Written(stored=3, unchanged=0)
    assert sequences_of(link.written) == [[10, 11, 12], [10, 12], [11]]
    stored = await store.chains("NIFTY", None, EVERYTHING, with_legs=False)
    assert [each.chain.sequence for each in stored] == [12, 11, 10]


async def test_what_keeps_failing_is_unavailable_and_safe_to_repeat(
    far_store: MarketStore, link: Link
) -> None:
    link.fails = failing(WRITE_CONFLICT, 2, times=1000)
    batch = [tick(1), tick(2), tick(3)]
    with pytest.raises(DependencyUnavailableError):
        await far_store.put_ticks(batch)
    link.fails = failing(0)
    assert await far_store.put_ticks(batch) == Written(stored=1, unchanged=2)
    assert await far_store.ticks("NIFTY", EVERYTHING) == batch[::-1]


async def test_a_server_that_stops_being_the_primary_is_unavailable_at_once(
    far_store: MarketStore, link: Link
) -> None:
    link.fails = failing(NOT_PRIMARY, 2)
    with pytest.raises(DependencyUnavailableError):
        await far_store.put_ticks([tick(1), tick(2)])
    assert sequences_of(link.written) == [[1]]


async def test_a_refused_document_is_our_mistake_and_its_content_in_no_text(
    far_store: MarketStore, link: Link
) -> None:
    link.fails = failing(INVALID, 2)
    with pytest.raises(DocumentRefusedError, match=r"refuses 1 documents.* 121") as raised:
        await far_store.put_quotes([quote(1, sequence=1), quote(2, sequence=2, bid=98765.25)])
    assert raised.value.__cause__ is None
    assert "98765" not in str(raised.value)


async def test_what_the_majority_has_not_confirmed_is_not_acknowledged(
    far_store: MarketStore, link: Link
) -> None:
    link.write_concern_error = {"code": 64, "errmsg": "waiting for replication timed out"}
    for batch in ([tick(1)], [tick(1), tick(2)]):
        with pytest.raises(DependencyUnavailableError):
            await far_store.put_ticks(batch)
    link.write_concern_error = {}
    assert await far_store.put_ticks([tick(1), tick(2)]) == Written(stored=0, unchanged=2)


async def test_a_lost_reply_is_unavailable_and_the_repeated_batch_is_there_once(
    far_store: MarketStore, link: Link
) -> None:
    batch = [chain(seconds, sequence=seconds + 1) for seconds in range(3)]
    link.loses_replies = 1
    with pytest.raises(DependencyUnavailableError):
        await far_store.put_chains(batch)
    assert await far_store.put_chains(batch) == Written(stored=0, unchanged=3)
    assert len(await far_store.chains("NIFTY", None, EVERYTHING, with_legs=False)) == 3


async def test_chains_that_are_not_noted_as_looked_through_are_all_there(
    far_store: MarketStore, store: MarketStore, link: Link
) -> None:
    await store.put_chains([chain(number, sequence=number) for number in (1, 2, 3)])
    link.fails = lambda _: WRITE_CONFLICT
    with pytest.raises(DependencyUnavailableError):
        await far_store.thin_chains(before=published_at(9), limit=9)
    assert len(await store.chains("NIFTY", None, EVERYTHING, with_legs=False)) == 3
    link.fails = lambda _: 0
    assert await far_store.thin_chains(before=published_at(9), limit=9) == 3
    assert len(await store.chains("NIFTY", None, EVERYTHING, with_legs=False)) == 1
