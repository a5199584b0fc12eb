"""What can be done with dead letters from the command line; each returns the exit status."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from deltastream.commands.lines import print_line
from deltastream.dead_letters import tables
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime import exit_codes

_SECONDS: Final = 10.0
_PAGE: Final = 500
# So many are replayed by one call, which is a few hundred milliseconds of work.
_TOGETHER: Final = 100


async def list_letters(letters: EnrichmentServiceStub, *, as_table: bool, limit: int) -> int:
    """List letters, oldest first."""
    shown: list[pb.DeadLetter] = []
    more = False
    async for letter in _all(letters):
        more = len(shown) == limit
        if more:
            break
        shown.append(letter)
    if as_table:
        tables.print_letters(shown, more=more)
    else:
        for letter in shown:
            print_line(letter)
    return 0


async def show(letters: EnrichmentServiceStub, *, as_table: bool, letter: str) -> int:
    """Show one letter, with its event."""
    answer = await letters.GetDeadLetter(pb.GetDeadLetterRequest(id=letter), timeout=_SECONDS)
    if as_table:
        tables.print_letter(answer.dead_letter)
    else:
        print_line(answer.dead_letter)
    return 0


async def replay(letters: EnrichmentServiceStub, *, as_table: bool, ids: Sequence[str]) -> int:
    """Replay the letters that are named, or all that there are now."""
    wanted = list(ids) or [letter.id async for letter in _all(letters)]
    done = pb.ReplayDeadLettersResponse()
    for begin in range(0, len(wanted), _TOGETHER):
        request = pb.ReplayDeadLettersRequest(ids=wanted[begin : begin + _TOGETHER])
        answer = await letters.ReplayDeadLetters(request, timeout=_SECONDS)
        done.replayed += answer.replayed
        done.failures.extend(answer.failures)
    if as_table:
        tables.print_replayed(done)
    else:
        print_line(done)
    return exit_codes.FAILED if done.failures else 0


async def purge(letters: EnrichmentServiceStub, *, as_table: bool, ids: Sequence[str]) -> int:
    """Delete the letters that are named, or all."""
    request = pb.PurgeDeadLettersRequest(ids=ids, all=not ids)
    answer = await letters.PurgeDeadLetters(request, timeout=_SECONDS)
    if as_table:
        tables.print_purged(answer.purged)
    else:
        print_line(answer)
    return 0


async def _all(letters: EnrichmentServiceStub) -> AsyncIterator[pb.DeadLetter]:
    """Yield all letters, page by page."""
    token = ""
    while True:
        request = pb.ListDeadLettersRequest(page_size=_PAGE, page_token=token)
        page = await letters.ListDeadLetters(request, timeout=_SECONDS)
        for letter in page.dead_letters:
            yield letter
        token = page.next_page_token
        if not token:
            return
