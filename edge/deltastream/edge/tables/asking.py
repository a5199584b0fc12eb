"""Reads what is asked of a table from the query of a request."""

import re
from collections import defaultdict
from typing import Final

from aiohttp import web
from google.protobuf import message_factory

from deltastream.edge.errors.request_errors import MalformedValueError, UnknownFieldError
from deltastream.edge.reading.field_paths import leaves_of
from deltastream.edge.reading.url_text import check_escapes
from deltastream.edge.tables.formats import FORMAT
from deltastream.edge.tables.parameters import ALL, EXPIRY, NEAREST, names_of
from deltastream.edge.tables.table import Question, Table

_DAY: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class QuestionReader:
    """Reads the questions that are asked of one table.

    Args:
        table: which one.
    """

    def __init__(self, table: Table) -> None:
        self._message_type = message_factory.GetMessageClass(table.method.input_type)
        self._complete = table.complete
        self._names = names_of(table.parameters)
        leaves = {leaf.path: leaf for leaf in leaves_of(table.method.input_type)}
        self._leaves = {name: leaves[name] for name in self._names if name in leaves}

    def read(self, request: web.Request) -> Question:
        """Return the question.

        Raises:
            RequestError: something in the query does not fit the table.
        """
        check_escapes(request.raw_path)
        texts = self._texts_of(request)
        expiry = self._expiry_in(texts)
        message = self._message_type()
        for name, leaf in self._leaves.items():
            if name in texts:
                leaf.fill(message, texts[name])
        self._complete(message)
        return Question(message=message, expiry=expiry)

    def _texts_of(self, request: web.Request) -> dict[str, list[str]]:
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for name, text in request.query.items():
            if name not in {FORMAT, *self._names}:
                raise UnknownFieldError(name, {FORMAT, *self._names}, kind="query parameter")
            if name != FORMAT:
                texts[name].append(text)
        return dict(texts)

    def _expiry_in(self, texts: dict[str, list[str]]) -> str:
        """Return the expiry that is named; no RPC is told of one that is only the nearest."""
        given = texts.get(EXPIRY.name, [])
        if len(given) > 1:
            raise MalformedValueError(EXPIRY.name, "is given more than once")
        stated = given[0] if given else ""
        if stated in {"", NEAREST}:
            texts.pop(EXPIRY.name, None)
            return ""
        # What an RPC is told, its service judges.
        if EXPIRY.name not in self._leaves and stated != ALL and not _DAY.fullmatch(stated):
            raise MalformedValueError(
                EXPIRY.name, f"must be a day like 2026-01-27, {NEAREST} or {ALL}"
            )
        return stated
