"""Dead letters, from the outside: listed, looked at, replayed, purged."""

from functools import partial
from operator import eq

import grpc
import pytest
from tests.enrichment.bench import RAW_CHAINS, Bench, working
from tests.enrichment.candle_bench import RAW_TICKS, entry, tick
from tests.enrichment.faulty import faulty_bus, faulty_storage, with_bus, with_storage
from tests.enrichment.poison import PoisonedEnricher, handle, raise_anything
from tests.enrichment.served import served
from tests.fixtures.chains import chain
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import refusal

from deltastream.domain.subjects import SubjectKind, subject_of
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Entry
from deltastream.ports.store import Window
from deltastream.runtime.codec.chains import encode_chain

ABSENT = "999999999999999999"


async def test_letters_are_listed_oldest_first_page_by_page_without_payloads(
    shared_bench: Bench,
) -> None:
    ids = await handle(shared_bench, *range(1, 8), fatal=range(2, 7))
    async with served(shared_bench) as stub:
        first = await stub.ListDeadLetters(pb.ListDeadLettersRequest(page_size=3))
        rest = await stub.ListDeadLetters(
            pb.ListDeadLettersRequest(page_size=3, page_token=first.next_page_token)
        )
        everything = await stub.ListDeadLetters(pb.ListDeadLettersRequest())
    found = [*first.dead_letters, *rest.dead_letters]
    assert (len(first.dead_letters), rest.next_page_token) == (3, "")
    assert list(everything.dead_letters) == found
    assert [letter.id for letter in found] == ids
    assert [letter.event_sequence for letter in found] == [2, 3, 4, 5, 6]
    assert {(one.product, one.subject, one.deliveries) for one in found} == {
        ("NIFTY", RAW_CHAINS, 5)
    }
    assert all(one.payload_size > 100 and not one.payload for one in found)


@pytest.mark.parametrize("token", ["x", "-1", "1.5", "9" * 20, "9" * 30, "\u0663"])
async def test_a_page_token_that_is_none_of_ours_is_refused(bench: Bench, token: str) -> None:
    async with served(bench) as stub:
        request = pb.ListDeadLettersRequest(page_token=token)
        assert await refusal(stub.ListDeadLetters(request)) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "PAGE_TOKEN_INVALID",
        )


async def test_one_letter_is_shown_with_its_payload(shared_bench: Bench) -> None:
    (letter_id,) = await handle(shared_bench, 1, 2, fatal={2})
    async with served(shared_bench) as stub:
        answer = await stub.GetDeadLetter(pb.GetDeadLetterRequest(id=letter_id))
        raw = encode_chain(chain(number=2)).SerializeToString()
        assert (answer.dead_letter.payload, answer.dead_letter.payload_size) == (raw, len(raw))
        for absent in ("0", str(int(letter_id) - 1), ABSENT, "9" * 20):
            assert await refusal(stub.GetDeadLetter(pb.GetDeadLetterRequest(id=absent))) == (
                grpc.StatusCode.NOT_FOUND,
                "DEAD_LETTER_NOT_FOUND",
            )


async def test_a_replay_stores_what_was_given_up_under_its_own_sequence(
    shared_bench: Bench,
) -> None:
    bench = shared_bench
    await handle(bench, *range(1, 6), fatal={2, 5})
    assert await bench.stored() == [1, 3, 4]
    async with served(bench) as stub:
        answer = await stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest())
    assert (answer.replayed, list(answer.failures)) == (2, [])
    assert await bench.stored() == [1, 2, 3, 4, 5]
    assert await bench.letters() == []
    # Streams never go back: only what nothing came after is told.
    assert await bench.enriched() == [1, 3, 4, 5]


async def test_replaying_twice_changes_nothing(shared_bench: Bench) -> None:
    bench = shared_bench
    ids = await handle(bench, *range(1, 6), fatal={5})
    async with served(bench) as stub:
        for replayed in (1, 0):
            answer = await stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest(ids=ids))
            assert (answer.replayed, list(answer.failures)) == (replayed, [])
            assert await bench.stored() == await bench.enriched() == [1, 2, 3, 4, 5]


async def test_a_replay_that_is_cut_off_before_its_letter_is_gone_can_be_done_again(
    bench: Bench,
) -> None:
    await handle(bench, 1, 2, fatal={2})
    async with served(with_bus(bench, faulty_bus(bench, "remove"))) as stub:
        status, _ = await refusal(stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest()))
        assert status is grpc.StatusCode.UNAVAILABLE
    assert len(await bench.letters()) == 1
    async with served(bench) as stub:
        answer = await stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest())
    assert answer.replayed == 1
    assert await bench.stored() == await bench.enriched() == [1, 2]


async def test_letters_that_fail_again_stay_and_say_why(shared_bench: Bench) -> None:
    bench = shared_bench
    unstorable = encode_chain(chain(number=2))
    unstorable.calls[0].symbol = "no symbol"
    await bench.bus.publish(
        [
            Entry(subject=RAW_CHAINS, sequence=1, payload=b"\xff no chain"),
            Entry(subject=RAW_CHAINS, sequence=2, payload=unstorable.SerializeToString()),
        ]
    )
    senseless, refused, sound = await handle(bench, 3, 4, fatal={3})
    async with served(bench) as stub:
        answer = await stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest())
    assert answer.replayed == 1
    errors = {failure.id: failure.error for failure in answer.failures}
    assert errors.keys() == {senseless, refused}
    assert errors[senseless].startswith("DecodeError: ")
    assert errors[refused].startswith("storage refused it: ")
    assert [letter.id for letter in await bench.letters()] == [senseless, refused]
    assert await bench.stored() == [3, 4]
    assert sound not in errors


async def test_only_the_letters_that_are_named_are_replayed(bench: Bench) -> None:
    first, second = await handle(bench, 1, 2, 3, fatal={1, 2})
    async with served(bench) as stub:
        answer = await stub.ReplayDeadLetters(
            pb.ReplayDeadLettersRequest(ids=[second, second, ABSENT, "0"])
        )
    assert answer.replayed == 1
    assert [letter.id for letter in await bench.letters()] == [first]
    assert await bench.stored() == [2, 3]


async def test_a_replay_without_storage_is_unavailable_and_removes_nothing(bench: Bench) -> None:
    ids = await handle(bench, 1, 2, 3, fatal={1, 3})
    async with served(with_storage(bench, faulty_storage(bench, "Put"))) as stub:
        assert await refusal(stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest())) == (
            grpc.StatusCode.UNAVAILABLE,
            "DEPENDENCY_UNAVAILABLE",
        )
    assert [letter.id for letter in await bench.letters()] == ids
    assert await bench.enriched() == [2]


async def test_ticks_are_replayed_as_well(bench: Bench) -> None:
    await bench.bus.publish([entry(tick(1))])
    async with working(bench, enricher=PoisonedEnricher({1001}, raise_anything)) as replica:
        await eventually(partial(bench.unfinished, RAW_TICKS), partial(eq, []))
        await replica.drain(seconds=5.0)
    async with served(bench) as stub:
        assert (await stub.ReplayDeadLetters(pb.ReplayDeadLettersRequest())).replayed == 1
    assert [one.sequence for one in await bench.store.ticks("NIFTY", Window(limit=5))] == [1001]
    enriched = subject_of(SubjectKind.ENRICHED_TICKS, "NIFTY")
    assert await bench.bus.last_sequence(enriched) == 1001


async def test_letters_are_purged_by_id_or_all_together(shared_bench: Bench) -> None:
    bench = shared_bench
    ids = await handle(bench, *range(1, 6), fatal=range(1, 5))
    async with served(bench) as stub:
        some = pb.PurgeDeadLettersRequest(ids=[ids[1], ids[1], ABSENT, "9" * 20])
        assert (await stub.PurgeDeadLetters(some)).purged == 1
        assert (await stub.PurgeDeadLetters(some)).purged == 0
        assert [one.id for one in await bench.letters()] == [ids[0], *ids[2:]]
        everything = pb.PurgeDeadLettersRequest(all=True)
        assert (await stub.PurgeDeadLetters(everything)).purged == 3
        assert (await stub.PurgeDeadLetters(everything)).purged == 0
    assert await bench.letters() == []
    # A later letter has a later id.
    assert int((await handle(bench, 6, fatal={6}))[0]) > int(ids[-1])


@pytest.mark.parametrize("request_", [{}, {"all": True, "ids": ["1"]}])
async def test_purging_wants_ids_or_all_and_not_both(
    bench: Bench, request_: dict[str, object]
) -> None:
    ids = await handle(bench, 1, fatal={1})
    async with served(bench) as stub:
        request = pb.PurgeDeadLettersRequest(**request_)  # type: ignore[arg-type]
        assert await refusal(stub.PurgeDeadLetters(request)) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "VALIDATION_FAILED",
        )
    assert [one.id for one in await bench.letters()] == ids


async def test_the_status_says_who_enriches_what_and_how_far_it_is(shared_bench: Bench) -> None:
    bench = shared_bench
    await handle(bench, 1, 2, 3, fatal={2})
    await bench.publish(chain(number=4), chain(number=5), chain("SPY", number=1))
    (lease,) = await bench.bus.leases.acquire("enrichment", ["NIFTY"], "enrichment-1", seconds=30)
    async with served(bench, members=["enrichment-0", "enrichment-1"]) as stub:
        status = await stub.GetEnrichmentStatus(pb.GetEnrichmentStatusRequest())
    assert lease.holder == "enrichment-1"
    assert list(status.replicas) == ["enrichment-0", "enrichment-1"]
    assert status.dead_letters == 1
    rows = {
        one.product: (one.replica, one.unfinished, one.last_sequence) for one in status.products
    }
    assert list(rows) == sorted(rows)
    assert rows["NIFTY"] == ("enrichment-1", 2, 3)
    assert rows["SPY"] == ("", 1, 0)
    assert rows["TSLA"] == ("", 0, 0)


async def test_without_a_bus_nothing_is_said(bench: Bench) -> None:
    async with served(with_bus(bench, faulty_bus(bench, "backlog"))) as stub:
        assert await refusal(stub.GetEnrichmentStatus(pb.GetEnrichmentStatusRequest())) == (
            grpc.StatusCode.UNAVAILABLE,
            "DEPENDENCY_UNAVAILABLE",
        )
