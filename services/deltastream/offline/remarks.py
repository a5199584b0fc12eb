"""What is said on stderr, beside the output."""

from collections.abc import Sequence
from pathlib import Path

import click

from deltastream.ports.source import SkippedRecords


def complain(problem: str) -> None:
    """Say why there is no output."""
    click.echo(f"deltastream enrich: {problem}", err=True)


def warn_of_assumed_times(files: Sequence[Path]) -> None:
    """Say which files were taken to be as old as they look."""
    if not files:
        return
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    click.echo(
        f"{files[0].name}{more}: the time of the chain is that of the file's last change; if it"
        " was taken at another time, state that with --timestamp",
        err=True,
    )


def summarise(skipped: SkippedRecords) -> None:
    """Say what could not be used, by reason, with an example of each."""
    for reason, count in skipped.counts.most_common():
        click.echo(f"skipped {count} x {reason}; first: {skipped.examples[reason]}", err=True)
