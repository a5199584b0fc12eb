"""The dead letters, as their keeper sees them."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from deltastream.domain.errors import LetterNotFoundError, PageTokenInvalidError
from deltastream.domain.subjects import DEAD_LETTERS
from deltastream.enrichment.dead_letters import read_letter
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.ports.bus import Bus

# Letters carry whole events: so many are in memory at once.
_PORTION: Final = 100
_GREATEST_ID: Final = 2**63 - 1
_LONGEST_TOKEN: Final = 20


class LetterBox:
    """Reads and removes dead letters. A letter's id is its sequence on the bus, as text.

    Every method raises DependencyUnavailableError when the bus does not answer.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def count(self) -> int:
        """Return how many there are."""
        return (await self._bus.backlog(DEAD_LETTERS)).held

    async def page(self, size: int, token: str) -> tuple[list[pb.DeadLetter], str]:
        """Return a page, oldest first and without payloads, and the token of the next.

        Raises:
            PageTokenInvalidError: the token is none of ours.
        """
        letters = []
        async for letter in self._after(_read_token(token), most=size + 1):
            letter.ClearField("payload")
            letters.append(letter)
        return letters[:size], letters[size - 1].id if len(letters) > size else ""

    async def get(self, letter_id: str) -> pb.DeadLetter:
        """Return one letter.

        Raises:
            LetterNotFoundError: there is none of this id.
        """
        async for letter in self._each([letter_id]):
            return letter
        raise LetterNotFoundError(letter_id)

    async def portions(
        self, ids: Sequence[str], *, size: int, most: int
    ) -> AsyncIterator[list[pb.DeadLetter]]:
        """Yield the letters of these ids, or the oldest if there are none, some at a time.

        Args:
            ids: which; one that is not there is passed over.
            size: how many to yield together.
            most: how many to yield in all, when no ids are given.
        """
        letters = self._each(ids) if ids else self._after(0, most=most)
        portion: list[pb.DeadLetter] = []
        async for letter in letters:
            portion.append(letter)
            if len(portion) == size:
                yield portion
                portion = []
        if portion:
            yield portion

    async def remove(self, ids: Sequence[str]) -> int:
        """Remove letters, and return how many were there."""
        sequences = [int(one) for one in ids if int(one) <= _GREATEST_ID]
        return await self._bus.remove(DEAD_LETTERS, sequences) if sequences else 0

    async def clear(self) -> int:
        """Remove all letters, and return how many there were."""
        last = await self._bus.last_sequence(DEAD_LETTERS)
        return await self._bus.trim(DEAD_LETTERS, keep=0, through=last)

    async def keep_newest(self, most: int) -> int:
        """Remove the oldest letters but for the newest `most`, and return how many."""
        return await self._bus.trim(DEAD_LETTERS, keep=most)

    async def _each(self, ids: Sequence[str]) -> AsyncIterator[pb.DeadLetter]:
        for sequence in sorted({int(one) for one in ids}):
            if 0 < sequence <= _GREATEST_ID:
                before = {DEAD_LETTERS: sequence - 1}
                for entry in await self._bus.tail(before, limit=1, wait=0.0):
                    if entry.sequence == sequence:
                        yield read_letter(entry)

    async def _after(self, position: int, *, most: int) -> AsyncIterator[pb.DeadLetter]:
        while most > 0:
            entries = await self._bus.tail(
                {DEAD_LETTERS: position}, limit=min(most, _PORTION), wait=0.0
            )
            if not entries:
                return
            for entry in entries:
                yield read_letter(entry)
            position, most = entries[-1].sequence, most - len(entries)


def _read_token(token: str) -> int:
    """Return the id of the last letter of the page before."""
    if not token:
        return 0
    plain = token.isascii() and token.isdecimal() and len(token) <= _LONGEST_TOKEN
    if not plain or int(token) > _GREATEST_ID:
        raise PageTokenInvalidError
    return int(token)
