"""`deltastream restore`."""

from pathlib import Path

import click

from deltastream.commands.auth_data import data_dir_option, end


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the signing keys as they are.")
@data_dir_option
def restore(*, folder: Path, without_keys: bool, data_dir: Path) -> None:
    """Put the databases and signing keys of the backup in FOLDER back, while no mesh runs.

    All of it is compared with its checksums before anything is changed. What was there stays
    beside it, under names that say when it was replaced.
    """
    from deltastream.backup.elsewhere import advice_on_restore  # noqa: PLC0415
    from deltastream.backup.errors import BackupError  # noqa: PLC0415
    from deltastream.backup.holdings import holdings_of  # noqa: PLC0415
    from deltastream.backup.restoring import restore_backup  # noqa: PLC0415
    from deltastream.runtime.clock import utc_now  # noqa: PLC0415
    from deltastream.runtime.settings import SettingsError  # noqa: PLC0415
    from deltastream.supervisor.instance import AlreadyRunningError, exclusive  # noqa: PLC0415

    try:
        holdings = holdings_of(data_dir)
        with exclusive(data_dir):
            kept = restore_backup(holdings, folder, now=utc_now(), with_keys=not without_keys)
    except (AlreadyRunningError, BackupError, SettingsError, ValueError, OSError) as error:
        end(error)
    for line in advice_on_restore(holdings):
        click.echo(line, err=True)
    for path in kept:
        click.echo(f"kept {path}")
    click.echo(f"restored {folder} into {data_dir}")
