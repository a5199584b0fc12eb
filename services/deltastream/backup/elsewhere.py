"""What to do about databases that another program copies."""

from collections.abc import Iterator
from typing import Final

from deltastream.backup.holdings import HeldDatabase, Holdings

_MONGODB: Final = frozenset({"mongodb", "mongodb+srv"})


def advice_on_backup(holdings: Holdings) -> Iterator[str]:
    """Say of each database that is not a file here how it is copied."""
    for database in _elsewhere(holdings):
        yield _line(database, f"mongodump {_uri(database)} --gzip --archive={_archive(database)}")


def advice_on_restore(holdings: Holdings) -> Iterator[str]:
    """Say of each database that is not a file here how it is put back."""
    for database in _elsewhere(holdings):
        words = f"--drop --stopOnError --gzip --archive={_archive(database)}"
        yield _line(database, f"mongorestore {_uri(database)} {words}")


def _elsewhere(holdings: Holdings) -> Iterator[HeldDatabase]:
    return (database for database in holdings.databases if database.is_elsewhere)


def _line(database: HeldDatabase, command: str) -> str:
    how = command if database.scheme in _MONGODB else "use that database's own tools"
    variable = database.resource.url_variable
    return f"NOT IN THE BACKUP: what {variable} names, a {database.scheme} URL. Besides: {how}"


def _uri(database: HeldDatabase) -> str:
    # The variable and not its value, which may hold a password.
    return f'--uri="${database.resource.url_variable}"'


def _archive(database: HeldDatabase) -> str:
    return f"{database.name.removesuffix('.db')}.archive.gz"
