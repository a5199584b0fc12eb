"""`deltastream`: the whole mesh, or one role of it."""

import importlib
from collections.abc import Callable

import click

from deltastream.commands.backup import backup
from deltastream.commands.enrich import enrich
from deltastream.commands.keys import keys
from deltastream.commands.record import record
from deltastream.commands.replay import replay
from deltastream.commands.restart import restart
from deltastream.commands.restore import restore
from deltastream.commands.up import up
from deltastream.commands.users import users
from deltastream.dead_letters.command import dlq
from deltastream.log_reading.command import log
from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.version import installed_version


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Stream option-market data and what it means.

    `deltastream up` runs everything on this machine. The other commands run one role each, as
    containers do; they are told everything by environment variables that begin with DELTASTREAM_.
    """


@main.command(name="version")
def show_version() -> None:
    """Print the version."""
    click.echo(installed_version())


def _role_command(role: Role) -> Callable[[], None]:
    def run() -> None:
        importlib.import_module(f"deltastream.{role.name}.__main__").main()

    run.__doc__ = f"Run the {role.name} role alone."
    return run


for _command in (up, restart, record, replay, dlq, log, enrich, keys, users, backup, restore):
    main.add_command(_command)
for _role in ROLES:
    main.command(name=_role.name)(_role_command(_role))


if __name__ == "__main__":
    main()
