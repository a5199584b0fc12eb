"""ReadTicks and ReadChains: pages in the order of sequences, small enough for every caller."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import numpy as np
import pytest
from tests.fixtures.chains import BEGIN, chain, enriched
from tests.fixtures.grpc_loopback import refusal
from tests.fixtures.storage_role import storage_role
from tests.store.market_events import published_at

from deltastream.domain.events import LEG_COLUMNS, EnrichedChain, Legs, UnderlyingTick
from deltastream.domain.figures import LegFigures
from deltastream.enrichment.stored_events import stored_chains
from deltastream.ports.store import Kind, MarketStore
from deltastream.runtime.codec.chains import encode_enriched
from deltastream.runtime.codec.ticks import encode_tick
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

ALL = 2**64 - 1
RECEIVE_LIMIT = 4 * 1024 * 1024


@pytest.fixture
async def role(tmp_path: Path) -> AsyncIterator[tuple[StorageServiceStub, MarketStore]]:
    async with storage_role(tmp_path) as (channel, store):
        yield StorageServiceStub(channel), store


@pytest.fixture
def storage(role: tuple[StorageServiceStub, MarketStore]) -> StorageServiceStub:
    return role[0]


@pytest.fixture
def store(role: tuple[StorageServiceStub, MarketStore]) -> MarketStore:
    return role[1]


def tick(number: int) -> UnderlyingTick:
    return UnderlyingTick(
        product="NIFTY",
        price=100.0 + number,
        timestamp=BEGIN + timedelta(seconds=number),
        sequence=number,
    )


def request_of_chains(
    *, after: int = 0, through: int = ALL, page_size: int = 200
) -> pb.ReadChainsRequest:
    return pb.ReadChainsRequest(
        product="NIFTY", after_sequence=after, through_sequence=through, page_size=page_size
    )


def wide(number: int, strikes: int) -> EnrichedChain:
    """Build a chain that is as large as a chain of so many strikes can be."""
    table = np.full((strikes, len(LEG_COLUMNS)), 1.5)
    table[:, 0] = np.arange(1, strikes + 1) * 50.0
    legs = Legs.from_table(table)
    raw = replace(chain(number=number), calls=legs, puts=legs)
    figures = LegFigures.none(strikes)
    numbers = {name: np.full(strikes, 0.5) for name in ("iv", "delta", "gamma", "theta", "vega")}
    numbers |= {name: np.full(strikes, 0.5) for name in ("rho", "vanna", "volga", "charm")}
    figures = replace(figures, **numbers)
    narrow = enriched(chain(number=number))
    return replace(narrow, chain=raw, call_figures=figures, put_figures=figures)


async def all_chains(storage: StorageServiceStub, page_size: int) -> list[int]:
    """Read page after page until one is empty."""
    sequences: list[int] = []
    while True:
        after = sequences[-1] if sequences else 0
        page = await storage.ReadChains(request_of_chains(after=after, page_size=page_size))
        assert page.complete
        assert page.ByteSize() < RECEIVE_LIMIT
        if not page.chains:
            return sequences
        assert len(page.chains) <= page_size
        sequences += [each.sequence for each in page.chains]


async def test_ticks_are_read_as_they_were_put(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    await store.put_ticks([tick(number) for number in (3, 1, 2)])
    request = pb.ReadTicksRequest(
        product="NIFTY", after_sequence=1, through_sequence=3, page_size=9
    )
    answer = await storage.ReadTicks(request)
    assert list(answer.ticks) == [encode_tick(tick(2)), encode_tick(tick(3))]
    assert answer.complete
    request.page_size = 1
    assert list((await storage.ReadTicks(request)).ticks) == [encode_tick(tick(2))]


async def test_chains_are_read_as_they_were_put(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    chains = [enriched(chain(number=number)) for number in range(1, 31)]
    await store.put_chains(chains)
    answer = await storage.ReadChains(request_of_chains(after=3, through=29, page_size=20))
    assert list(answer.chains) == [encode_enriched(each) for each in chains[3:23]]
    rest = await storage.ReadChains(request_of_chains(after=23, through=29, page_size=20))
    assert list(rest.chains) == [encode_enriched(each) for each in chains[23:29]]


@pytest.mark.parametrize("page_size", [1, 7, 8, 9, 200])
async def test_pages_of_any_size_lead_to_the_end(
    storage: StorageServiceStub, store: MarketStore, page_size: int
) -> None:
    await store.put_chains([enriched(chain(number=number)) for number in range(1, 26)])
    assert await all_chains(storage, page_size) == list(range(1, 26))


async def test_a_page_of_wide_chains_is_cut_to_what_every_caller_receives(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    await store.put_chains([wide(number, strikes=1600) for number in range(1, 10)])
    first = await storage.ReadChains(request_of_chains())
    assert 1 < len(first.chains) < 9
    assert first.ByteSize() + first.chains[0].ByteSize() > RECEIVE_LIMIT * 0.9, "as many as fit"
    assert await all_chains(storage, 200) == list(range(1, 10))


async def test_a_stream_that_catches_up_misses_none_of_a_page_that_was_cut(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    await store.put_chains([wide(number, strikes=1600) for number in range(1, 10)])
    history, after, sequences = stored_chains(storage), 0, list[int]()
    while not (past := await history.read("NIFTY", after=after, through=100)).exhausted:
        sequences += [piece.sequence for piece in past.pieces]
        after = sequences[-1]
    assert sequences == list(range(1, 10))
    assert not past.pieces


async def test_the_widest_chain_of_the_contract_fits_alone(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    await store.put_chains([wide(1, strikes=2000), wide(2, strikes=2000)])
    assert await all_chains(storage, 1) == [1, 2]


async def test_a_run_that_was_pruned_says_so(
    storage: StorageServiceStub, store: MarketStore
) -> None:
    await store.put_chains([enriched(chain(number=number)) for number in range(1, 31)])
    await store.put_ticks([tick(number) for number in range(1, 31)])
    for kind in (Kind.CHAINS, Kind.TICKS):
        assert await store.prune(kind, before=published_at(11), limit=100) == 10
    for after, complete in ((0, False), (9, False), (10, True), (15, True)):
        chains = await storage.ReadChains(request_of_chains(after=after, page_size=20))
        assert (chains.complete, chains.chains[0].sequence) == (complete, max(after, 10) + 1)
        request = pb.ReadTicksRequest(
            product="NIFTY", after_sequence=after, through_sequence=ALL, page_size=20
        )
        ticks = await storage.ReadTicks(request)
        assert (ticks.complete, ticks.ticks[0].sequence) == (complete, max(after, 10) + 1)


@pytest.mark.parametrize("page_size", [0, -1, 201])
async def test_a_page_size_out_of_range_is_refused(
    storage: StorageServiceStub, page_size: int
) -> None:
    refused = await refusal(storage.ReadChains(request_of_chains(page_size=page_size)))
    assert refused == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
