"""`deltastream backup`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deltastream.commands.auth_data import data_dir_option, end

if TYPE_CHECKING:
    from deltastream.backup.manifest import FileEntry, Manifest

_KEYS_WARNING = (
    "IT HOLDS PRIVATE SIGNING KEYS: who reads it can sign tokens as anybody. Keep it as you keep"
    " passwords, or make it --without-keys."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the private signing keys out.")
@data_dir_option
def backup(*, folder: Path, without_keys: bool, data_dir: Path) -> None:
    """Copy the databases and signing keys of a mesh into FOLDER, which is made.

    The mesh may run meanwhile: everything that it acknowledged before is in the backup. FOLDER
    appears when it is whole, and can be read by this user alone.
    """
    from deltastream.backup.elsewhere import advice_on_backup  # noqa: PLC0415
    from deltastream.backup.errors import BackupError  # noqa: PLC0415
    from deltastream.backup.holdings import holdings_of  # noqa: PLC0415
    from deltastream.backup.taking import take_backup  # noqa: PLC0415
    from deltastream.runtime.clock import utc_now  # noqa: PLC0415
    from deltastream.runtime.settings import SettingsError  # noqa: PLC0415

    try:
        holdings = holdings_of(data_dir)
        for line in advice_on_backup(holdings):
            click.echo(line, err=True)
        made = take_backup(holdings, folder, began=utc_now(), with_keys=not without_keys)
    except (BackupError, SettingsError, ValueError) as error:
        end(error)
    _tell(made, folder)


def _tell(made: "Manifest", folder: Path) -> None:
    for entry in made.files:
        click.echo(f"{entry.name}  {entry.size:,} bytes  {_content(entry)}")
    click.echo(
        f"all that was acknowledged before {made.began:%Y-%m-%d %H:%M:%S} UTC is in {folder}"
    )
    if made.has_keys:
        click.echo(_KEYS_WARNING, err=True)


def _content(entry: "FileEntry") -> str:
    if entry.database is None:
        return "a private key"
    rows = entry.database.rows.items()
    return ", ".join(f"{count:,} {table}" for table, count in rows if count) or "empty"
