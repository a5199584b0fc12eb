"""What commands on auth's own data can be told."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from deltastream.commands.data_dir import data_dir_of

if TYPE_CHECKING:
    from deltastream.auth.settings import AuthSettings

DATA_DIR = data_dir_of(None)
data_dir_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="DELTASTREAM_DATA_DIR",
    default=DATA_DIR,
    help=f"That of the mesh, or of auth.  [DELTASTREAM_DATA_DIR, else {DATA_DIR}]",
)


def auth_settings(data_dir: Path) -> "AuthSettings":
    """Return what auth is told in a data directory; end the command where that cannot be used."""
    from deltastream.auth.settings import AuthSettings  # noqa: PLC0415
    from deltastream.runtime.settings import SettingsError  # noqa: PLC0415

    try:
        return AuthSettings.load(data_dir=data_dir)
    except SettingsError as error:
        end(error)


def end(problem: object) -> NoReturn:
    """Say what is wrong, and end with the status of a wrong command."""
    raise click.UsageError(str(problem))
