"""`deltastream users`: accounts, in auth's own database."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from deltastream.commands.auth_data import data_dir_option, end

_PASSWORD = "DELTASTREAM_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
_users_url = click.option(
    "--users-url",
    envvar="DELTASTREAM_USERS_URL",
    default="",
    help="The user database.  [DELTASTREAM_USERS_URL, else users.db in the data directory]",
)


@click.group()
def users() -> None:
    """Make the first administrator, list accounts, and say what they may do.

    This works on the user database itself, whether auth runs or not.
    """


@users.command(name="create-admin")
@click.option("--email", required=True, metavar="EMAIL", help="Address to log in with.")
@click.option("--name", default="", help="What to call them.  [the part before the @]")
@_users_url
@data_dir_option
def create_admin(*, email: str, name: str, users_url: str, data_dir: Path) -> None:
    """Create an account that is an administrator.

    The password is asked for, or read from DELTASTREAM_ADMIN_PASSWORD; it is no argument, as
    others could see it in the list of processes.
    """
    from deltastream.auth import administration  # noqa: PLC0415

    password = os.environ.get(_PASSWORD) or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    create = administration.create_admin(
        data_dir, users_url, email=email, password=password, name=name
    )
    click.echo(_done(create))


@users.command(name="list")
@_users_url
@data_dir_option
def list_users(*, users_url: str, data_dir: Path) -> None:
    """List all accounts by address: id, address, roles and name."""
    from deltastream.auth import administration  # noqa: PLC0415

    click.echo(_done(administration.list_accounts(data_dir, users_url)), nl=False)


@users.command(name="set-roles")
@click.argument("account", metavar="EMAIL_OR_ID")
@click.argument("roles", type=click.Choice(["reader", "admin"]), nargs=-1, required=True)
@_users_url
@data_dir_option
def set_roles(*, account: str, roles: tuple[str, ...], users_url: str, data_dir: Path) -> None:
    """Replace the roles of an account; the last administrator stays one.

    Its sessions go on with the new roles within seconds.
    """
    from deltastream.auth import administration  # noqa: PLC0415

    click.echo(_done(administration.set_roles(data_dir, users_url, account=account, roles=roles)))


def _done(work: Coroutine[Any, Any, str]) -> str:
    from deltastream.auth.administration import AdministrationError  # noqa: PLC0415
    from deltastream.log_library import structlog  # noqa: PLC0415

    # What was asked for stands on standard output, and alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        return asyncio.run(work)
    except AdministrationError as error:
        end(error)
