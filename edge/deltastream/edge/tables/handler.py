"""A table over HTTP: one request, an RPC or two, rows."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from aiohttp import hdrs, web

from deltastream.edge.answers import Answer
from deltastream.edge.contract import codec_of, path_of
from deltastream.edge.credentials import Credentials, Metadata
from deltastream.edge.tables.asking import QuestionReader
from deltastream.edge.tables.columns import Column
from deltastream.edge.tables.formats import Format, format_of
from deltastream.edge.tables.nearest import NearestExpiry
from deltastream.edge.tables.rendering import csv_of, json_of
from deltastream.edge.tables.table import Question, Table
from deltastream.edge.transcoder.call_options import CallLimits, metadata_of, unary_timeout
from deltastream.edge.transcoder.unary_call import UnaryCall

_RENDER: Final[Mapping[Format, Callable[[Sequence[Column], Iterable[Any]], bytes]]] = {
    Format.JSON: json_of,
    Format.CSV: csv_of,
}
# Above this, writing rows would hold up everybody else: it is done in a thread.
_MOST_INLINE_BYTES: Final = 131_072
_NOT_IN_A_FILE_NAME: Final = re.compile(r"[^A-Za-z0-9._&-]")


class TableHandler:
    """Answers the requests for one table by calling its RPC in its caller's name.

    Args:
        table: which one.
        call: makes the RPC.
        nearest: knows the expiry for a table that has to be told.
        limits: how long to wait.
        credentials: of callers.
    """

    def __init__(
        self,
        table: Table,
        *,
        call: UnaryCall,
        nearest: NearestExpiry,
        limits: CallLimits,
        credentials: Credentials,
    ) -> None:
        self._table = table
        self._call = call
        self._nearest = nearest
        self._limits = limits
        self._credentials = credentials.of_callers_of(path_of(table.method))
        self._reader = QuestionReader(table)
        self._read = codec_of(table.method)["response_deserializer"]

    async def answer(self, request: web.Request) -> Answer:
        """Return the rows.

        Raises:
            RequestError: the request does not fit the table.
            StatusError: a call failed.
        """
        form = format_of(request)
        question = self._reader.read(request)
        latest = asyncio.get_running_loop().time() + unary_timeout(request, self._limits)
        metadata = await metadata_of(request, self._credentials)
        if self._table.resolves and not question.message.expiry:
            await self._resolve(question, latest, metadata)
        content = await self._call.content(
            question.message, seconds=_seconds_until(latest), metadata=metadata
        )
        return Answer(await self._render(form, question, content), self._headers(form, question))

    async def _resolve(self, question: Question, latest: float, metadata: Metadata) -> None:
        question.message.expiry = await self._nearest.of(
            question.message.product, seconds=_seconds_until(latest), metadata=metadata
        )

    async def _render(self, form: Format, question: Question, content: bytes) -> bytes:
        def render() -> bytes:
            rows = self._table.rows(question, self._read(content))
            return _RENDER[form](self._table.columns, rows)

        if len(content) <= _MOST_INLINE_BYTES:
            return render()
        return await asyncio.to_thread(render)

    def _headers(self, form: Format, question: Question) -> dict[str, str]:
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: form.media_type, hdrs.VARY: hdrs.ACCEPT}
        if form is Format.CSV:
            headers[hdrs.CONTENT_TYPE] += "; charset=utf-8; header=present"
            name = _file_name(self._table, question)
            headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
        return headers


def _seconds_until(latest: float) -> float:
    return max(0.0, latest - asyncio.get_running_loop().time())


def _file_name(table: Table, question: Question) -> str:
    """Return a name for a file with the rows: "NIFTY-2026-01-27-chain.csv"."""
    product = getattr(question.message, "product", "")
    expiry = question.expiry or getattr(question.message, "expiry", "")
    stem = "-".join(filter(None, (product, expiry, table.name)))
    return f"{_NOT_IN_A_FILE_NAME.sub('_', stem)}.csv"
