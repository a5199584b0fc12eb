"""`deltastream keys`: the keys that access tokens are signed with."""

from datetime import timedelta
from pathlib import Path

import click

from deltastream.commands.auth_data import auth_settings, data_dir_option, end


@click.group()
def keys() -> None:
    """List and rotate the keys that access tokens are signed with.

    Auth notices what changes within seconds, without a restart. Services learn a new key before
    it signs, and know the old one until its last token has ended: nobody is logged out.
    """


@keys.command()
@click.option(
    "--after",
    type=click.FloatRange(min=60, max=30 * 24 * 3600),
    default=90.0,
    metavar="SECONDS",
    help="From when on the new key signs; at least 60, so that everybody knows it by then.  [90]",
)
@data_dir_option
def rotate(*, after: float, data_dir: Path) -> None:
    """Make a new key, which replaces the one that signs.

    Keys that nothing is verified with any more are deleted.
    """
    from deltastream.auth.key_report import one_is_waiting  # noqa: PLC0415
    from deltastream.auth.keys import SigningKeyError  # noqa: PLC0415
    from deltastream.auth.settings import LONGEST_KEPT  # noqa: PLC0415
    from deltastream.runtime.clock import utc_now  # noqa: PLC0415

    files, now = auth_settings(data_dir).key_files, utc_now()
    try:
        ring = files.load()
        if one_is_waiting(ring, now):
            end("a new key is waiting already; `deltastream keys list` says from when on it signs")
        added = files.add(signs_from=now + timedelta(seconds=after))
        removed = files.remove(ring.retired(now, kept=LONGEST_KEPT))
    except SigningKeyError as error:
        end(error)
    click.echo(f"{added.key.kid} signs from {added.signs_from:%Y-%m-%d %H:%M:%S} UTC on")
    if removed:
        click.echo(f"deleted {removed} that nothing is verified with any more")


@keys.command(name="list")
@data_dir_option
def list_keys(*, data_dir: Path) -> None:
    """List the keys there are, and what each is for at present."""
    from deltastream.auth.key_report import lines  # noqa: PLC0415
    from deltastream.auth.keys import SigningKeyError  # noqa: PLC0415
    from deltastream.runtime.clock import utc_now  # noqa: PLC0415

    settings = auth_settings(data_dir)
    try:
        ring = settings.key_files.load()
    except SigningKeyError as error:
        end(error)
    for line in lines(ring, utc_now(), kept=settings.keys_kept):
        click.echo(line)
