"""The forms in which a table is sent."""

from enum import StrEnum
from typing import Final

from aiohttp import hdrs, web

from deltastream.edge.errors.request_errors import MalformedValueError
from deltastream.edge.transcoder.accept import preferred

FORMAT: Final = "format"
"""The parameter that says which one it is to be, before the `Accept` header does."""


class Format(StrEnum):
    """A form: its name in the query."""

    JSON = "json"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """Its media type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {Format.JSON: "application/json", Format.CSV: "text/csv"}
_BY_MEDIA_TYPE: Final = {media_type: form for form, media_type in _MEDIA_TYPES.items()}


def format_of(request: web.Request) -> Format:
    """Return the form that a request wants: JSON in doubt.

    Raises:
        MalformedValueError: it names one that there is not, or several.
    """
    stated = request.query.getall(FORMAT, [])
    if not stated:
        accepted = preferred(request.headers.get(hdrs.ACCEPT, "*/*"), tuple(_BY_MEDIA_TYPE))
        return _BY_MEDIA_TYPE[accepted] if accepted is not None else Format.JSON
    if len(stated) > 1:
        raise MalformedValueError(FORMAT, "is given more than once")
    if stated[0] not in set(Format):
        raise MalformedValueError(FORMAT, f"must be one of {', '.join(Format)}")
    return Format(stated[0])
