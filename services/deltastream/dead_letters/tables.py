"""Dead letters for people."""

from collections.abc import Sequence
from typing import Final

from google.protobuf.message import DecodeError, Message
from google.protobuf.text_format import MessageToString
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deltastream.domain.subjects import SubjectKind
from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.market.v1 import chain_pb2, tick_pb2
from deltastream.runtime.codec.moments import to_datetime

_EVENTS: Final[dict[SubjectKind, type[Message]]] = {
    SubjectKind.RAW_TICKS: tick_pb2.UnderlyingTickBatch,
    SubjectKind.RAW_QUOTES: chain_pb2.OptionQuoteBatch,
    SubjectKind.RAW_CHAINS: chain_pb2.OptionChain,
}


def print_letters(letters: Sequence[pb.DeadLetter], *, more: bool) -> None:
    """Print letters as a table; `more` says that there are others after them."""
    console = Console()
    if not letters:
        console.print("There are no dead letters.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    # What a letter is asked for by is never cut off: `show` has the rest.
    table.add_column("id", no_wrap=True, min_width=max(len(letter.id) for letter in letters))
    table.add_column("given up", no_wrap=True)
    table.add_column("tries", justify="right", no_wrap=True)
    table.add_column("event", overflow="fold")
    for letter in letters:
        table.add_row(
            letter.id,
            f"{to_datetime(letter.failed_at):%Y-%m-%d %H:%M:%S}",
            str(letter.deliveries),
            # What went wrong may look like markup.
            Text(f"{letter.subject}\n{letter.error}"),
        )
    console.print(table)
    if more:
        console.print(f"There are more than these {len(letters)}; say --limit.", style="dim")


def print_letter(letter: pb.DeadLetter) -> None:
    """Print one letter, and its event as far as it can be read."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in (
        ("id", letter.id),
        ("given up", f"{to_datetime(letter.failed_at):%Y-%m-%d %H:%M:%S} UTC"),
        ("product", letter.product),
        ("subject", letter.subject),
        ("sequence", str(letter.event_sequence)),
        ("tries", str(letter.deliveries)),
        ("error", letter.error),
        ("payload", f"{letter.payload_size} bytes"),
    ):
        table.add_row(name, Text(value))
    console = Console()
    console.print(table)
    console.print(Text(_event_of(letter)))


def print_replayed(done: pb.ReplayDeadLettersResponse) -> None:
    """Say how many were replayed, and which have failed again."""
    console = Console()
    console.print(f"{done.replayed} replayed, {len(done.failures)} failed again.")
    for failure in done.failures:
        console.print(Text(f"  {failure.id}  {failure.error}"))


def print_purged(count: int) -> None:
    """Say how many were deleted."""
    Console().print(f"{count} deleted.")


def _event_of(letter: pb.DeadLetter) -> str:
    kind = letter.subject.rpartition(":")[0]
    try:
        event = _EVENTS[SubjectKind(kind)].FromString(letter.payload)
    except (ValueError, KeyError, DecodeError):
        return f"The payload is no event that can be read:\n{letter.payload.hex(' ')}"
    return MessageToString(event)
