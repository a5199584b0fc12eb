"""What commands on auth's own data can be told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from deltastream.commands.data_dir import data_dir_of

DATA_DIR = data_dir_of(None)
data_dir_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="DELTASTREAM_DATA_DIR",
    default=DATA_DIR,
    help=f"That of the mesh, or of auth.  [DELTASTREAM_DATA_DIR, else {DATA_DIR}]",
)


def end(problem: object) -> NoReturn:
    """Say what is wrong, and end with the status of a wrong command."""
    raise click.UsageError(str(problem))
