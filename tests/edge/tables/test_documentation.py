"""What docs/tables.md shows is so."""

import asyncio
import json
import re
from typing import Any, Final

import pytest
from tests.docs.pages import DOCS, blocks
from tests.edge.tables.stored_market import FAR, NEAR, PUT_ONLY, STRIKES, TIMES
from tests.edge.tables.tables_mesh import TablesMesh

from deltastream.edge.tables.history_tables import PUT_CALL_RATIO

PAGE: Final = DOCS / "tables.md"

pytestmark = pytest.mark.asyncio(loop_scope="session")


def written_in(language: str) -> str:
    (text,) = [block.text for block in blocks(PAGE) if block.language == language]
    return text


async def test_pandas_reads_what_the_page_has_it_read(mesh: TablesMesh) -> None:
    script = written_in("python").replace("http://localhost:8000", str(mesh.client.make_url("")))
    made: dict[str, Any] = {}
    without_key = re.sub(r"^key = .*$", "key = {}", script, flags=re.MULTILINE)
    # It waits for what this loop serves.
    await asyncio.to_thread(exec, without_key, made)
    assert made["chain"]["strike"].tolist() == [PUT_ONLY, *STRIKES]
    assert len(made["pcr"]) == len(TIMES)
    assert [str(expiry)[:10] for expiry in made["surface"].columns] == [str(NEAR), str(FAR)]


async def test_the_answer_that_is_shown_has_the_columns_of_the_table() -> None:
    (row,) = json.loads(written_in("json"))
    assert list(row) == [column.name for column in PUT_CALL_RATIO.columns]


async def test_the_commands_that_are_shown_are_answered(mesh: TablesMesh) -> None:
    commands = [block.text for block in blocks(PAGE) if block.language == "sh"]
    paths = re.findall(r"localhost:8000(/[^\s']*)", "\n".join(commands))
    assert len(paths) > 3
    for path in paths:
        async with mesh.client.get(path) as response:
            assert response.status == 200, path
