"""Records as lines: for people, and for programs."""

from collections.abc import Callable, Mapping
from typing import Final

import click

from deltastream.commands.lines import print_line
from deltastream.logs.v1 import logs_service_pb2 as pb
from deltastream.runtime.codec.moments import to_datetime

_COLOURS: Final[Mapping[str, str]] = {
    "debug": "bright_black",
    "warning": "yellow",
    "error": "red",
    "critical": "red",
}
_LONG: Final = "\n"


def printer(*, as_text: bool) -> Callable[[pb.LogRecord], None]:
    """Return what prints a record."""
    return _print_text if as_text else print_line


def text_of(record: pb.LogRecord) -> str:
    """Return a record as a person reads it: a line, and below it what has lines of its own."""
    level = pb.LogLevel.Name(record.level).removeprefix("LOG_LEVEL_").lower()
    short = {name: text for name, text in record.fields.items() if _LONG not in text}
    head = [
        f"{to_datetime(record.timestamp):%Y-%m-%d %H:%M:%S.%f}"[:-3],
        click.style(f"{level:<8}", fg=_COLOURS.get(level)),
        f"{_printable(record.service):<10}",
        click.style(_printable(record.event), bold=True),
        *(f"{_printable(name)}={_printable(text)}" for name, text in sorted(short.items())),
        *([f"trace_id={record.trace_id}"] if record.trace_id else []),
    ]
    below = [
        f"    {_printable(line)}"
        for name in sorted(record.fields.keys() - short.keys())
        for line in (f"{name}:", *record.fields[name].splitlines())
    ]
    return "\n".join([" ".join(head), *below])


def _print_text(record: pb.LogRecord) -> None:
    click.echo(text_of(record))


def _printable(text: str) -> str:
    """Write out what would command the terminal: anybody may have written to the log."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
