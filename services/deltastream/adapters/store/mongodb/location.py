"""Where a MongoDB database is, read from its URL."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

SCHEMES: Final = ("mongodb", "mongodb+srv")
FORM: Final = "mongodb://HOST:PORT/DATABASE"
_DEFAULT_DATABASE: Final = "deltastream"
# What MongoDB refuses in the name of a database, on some system or on all.
_NEVER_IN_A_NAME: Final = frozenset('/\\. "$*<>:|?\0')


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A database on a server.

    Attributes:
        url: as it was given, with credentials: for the driver alone, and in no text.
        database: the name of the database.
        options: the names of the options that the URL sets, lower case.
    """

    url: str = field(repr=False)
    database: str
    options: frozenset[str]


def location_of(url: str) -> Location:
    """Read a `mongodb://` or `mongodb+srv://` URL; its path names the database.

    Raises:
        ValueError: the path names no possible database. The text holds no part of the URL that
            could be a secret.
    """
    # As the driver reads it: a password may hold a #, which elsewhere ends a URL's path.
    rest, _, query = url.partition("://")[2].partition("?")
    database = unquote_plus(rest.partition("/")[2]) or _DEFAULT_DATABASE
    if _NEVER_IN_A_NAME & set(database):
        # Also where an unescaped / in a password makes a part of it look like the path.
        raise ValueError(
            f"the path of a MongoDB URL is the name of a database, {FORM}, and this one is none;"
            " percent-encode what a password has of / ? # @ :"
        )
    options = frozenset(each.partition("=")[0].lower() for each in re.split("[&;]", query))
    return Location(url=url, database=database, options=options)
