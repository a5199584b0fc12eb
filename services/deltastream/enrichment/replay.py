"""Tries dead letters once more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import grpc

from deltastream.enrichment.enricher import Enriched, Enricher
from deltastream.enrichment.letter_box import LetterBox
from deltastream.enrichment.persist import Refusal, persist_apart
from deltastream.enrichment.tries import described
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Bus, Entry
from deltastream.runtime.remote import domain_error_of
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

# So many are worked on without a pause, and stored in one go.
_PORTION: Final = 32
_MOST: Final = 1000
"""How many letters one call replays when it names none, so that its work is bounded."""


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What became of some letters.

    Attributes:
        count: how many are dead no more.
        errors: why the others failed again, by id.
    """

    count: int = 0
    errors: dict[str, str] = field(default_factory=dict)


class Replay:
    """Enriches letters again, stores and publishes what comes of it, and then removes them.

    All under the sequence of the event, so doing it again changes nothing, and being cut off
    anywhere leaves a letter that can be replayed again. No lease is needed: of what is published
    here, all that was before it has been published already, or its position would not have moved
    past the event; and what came after it, if anything did, makes the bus take it for a repetition.

    Ticks that are replayed are stored; candles which told without them are not told again.
    """

    def __init__(
        self, *, bus: Bus, letters: LetterBox, enricher: Enricher, storage: StorageServiceStub
    ) -> None:
        self._bus = bus
        self._letters = letters
        self._enricher = enricher
        self._storage = storage

    async def replay(self, ids: Sequence[str]) -> Replayed:
        """Replay the letters of these ids, or the oldest ones if there are none.

        Raises:
            DomainError: bus or storage is away; what was not replayed yet has stayed.
        """
        done = Replayed()
        async for letters in self._letters.portions(ids, size=_PORTION, most=_MOST):
            await self._replay(letters, done)
        return done

    async def _replay(self, letters: Sequence[pb.DeadLetter], done: Replayed) -> None:
        alive: dict[str, Enriched] = {}
        for letter in letters:
            try:
                alive[letter.id] = self._enricher.enrich(_entry_of(letter))
            except Exception as error:  # noqa: BLE001 - its letter stays, and the caller is told
                done.errors[letter.id] = described(error)
        refused = {id(one.item): one.error for one in await self._store(list(alive.values()))}
        for letter_id, enriched in list(alive.items()):
            if reason := refused.get(id(enriched)):
                done.errors[letter_id] = reason
                del alive[letter_id]
        publications = [one.publication for one in alive.values() if one.publication is not None]
        await self._bus.publish(publications)
        await self._letters.remove(list(alive))
        done.count += len(alive)

    async def _store(self, results: Sequence[Enriched]) -> list[Refusal]:
        try:
            return await persist_apart(self._storage, results)
        except grpc.aio.AioRpcError as error:
            failure = domain_error_of(error, dependency="storage")
            if failure is None:
                raise
            raise failure from error


def _entry_of(letter: pb.DeadLetter) -> Entry:
    return Entry(subject=letter.subject, sequence=letter.event_sequence, payload=letter.payload)
