"""JSON or CSV: which is sent, how it says what it is, and what spreadsheets may make of it."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from tests.analytics.analytics_mesh import NIFTY
from tests.edge.tables.tables_mesh import TablesMesh, tables_mesh

from deltastream.edge.tables.columns import Cell, Column
from deltastream.edge.tables.rendering import csv_of, json_of

CHAIN = "/api/tables/chain?product=NIFTY"

shared = pytest.mark.asyncio(loop_scope="session")


@shared
@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", None, "application/json"),
        ("", "*/*", "application/json"),
        ("", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("", "image/png", "application/json"),
        ("", "text/csv", "text/csv"),
        ("", "text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("&format=json", "text/csv", "application/json"),
        ("&format=csv", "application/json", "text/csv"),
    ],
)
async def test_the_query_says_the_format_before_the_header_does(
    mesh: TablesMesh, query: str, accept: str | None, expected: str
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    async with mesh.client.get(f"{CHAIN}{query}", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == expected
        assert "Accept" in response.headers["Vary"].split(", ")


@shared
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{CHAIN}&expiry=2026-02-24", "NIFTY-2026-02-24-chain.csv"),
        # The nearest by its day, where the edge had to find it.
        (CHAIN, "NIFTY-2026-01-27-chain.csv"),
        ("/api/tables/max-pain?product=NIFTY", "NIFTY-max-pain.csv"),
        ("/api/tables/smile?product=NIFTY&expiry=all", "NIFTY-all-smile.csv"),
        ("/api/tables/products", "products.csv"),
    ],
)
async def test_csv_is_a_file_with_a_name_that_says_what_is_in_it(
    mesh: TablesMesh, path: str, name: str
) -> None:
    separator = "&" if "?" in path else "?"
    async with mesh.client.get(f"{path}{separator}format=csv") as response:
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"


@shared
async def test_json_is_no_file(mesh: TablesMesh) -> None:
    async with mesh.client.get(CHAIN) as response:
        assert "Content-Disposition" not in response.headers


@shared
@pytest.mark.parametrize("form", ["json", "csv"])
async def test_what_a_client_has_already_is_not_sent_again(mesh: TablesMesh, form: str) -> None:
    path = f"{CHAIN}&format={form}"
    async with mesh.client.get(path) as response:
        tag = response.headers["ETag"]
    async with mesh.client.get(path, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")
        assert {"Accept", "Authorization"} <= set(response.headers["Vary"].split(", "))
    other = {"json": "csv", "csv": "json"}[form]
    async with mesh.client.get(
        f"{CHAIN}&format={other}", headers={"If-None-Match": tag}
    ) as response:
        assert response.status == 200


@shared
async def test_csv_is_compressed_for_who_can_read_that(mesh: TablesMesh) -> None:
    async with mesh.client.get(
        f"{CHAIN}&format=csv", headers={"Accept-Encoding": "gzip"}
    ) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert (await response.text()).startswith("product,expiry,timestamp,strike,")


@shared
async def test_pandas_reads_numbers_dates_and_gaps(mesh: TablesMesh) -> None:
    async with mesh.client.get("/api/tables/pcr-history?product=NIFTY&format=csv") as response:
        text = await response.text()
    frame = pd.read_csv(StringIO(text), parse_dates=["timestamp"])
    assert frame["pcr_oi"].dtype == "float64"
    assert str(frame["timestamp"].dt.tz) == "UTC"
    assert (frame["timestamp"].astype("int64") > 0).all()
    assert frame["missing"].isna().all()
    at = pd.to_datetime(frame["time_ms"], unit="ms", utc=True)
    assert (at == frame["timestamp"]).all()


HOSTILE = [
    '=HYPERLINK("https://evil.example","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1",
]  # fmt: skip


def field(cell: Cell) -> str:
    """Return what CSV says of a cell."""
    columns = [
        Column(name="x", title="X", read=lambda row: row),
        Column(name="y", title="Y", read=lambda _: 1),
    ]
    text = csv_of(columns, [cell]).decode()
    (_, (written, _)) = csv.reader(StringIO(text, newline=""))
    return written


@pytest.mark.parametrize("text", HOSTILE)
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    assert field(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["NIFTY", "M&M", "a,b", 'say "x"', "two\nlines", "1+1", "'=1", "\u20b9 1", " =1"]
)
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert field(text) == text


@pytest.mark.parametrize("number", [-1.5, -7, 0.0, 1e-300, 0.1 + 0.2, 1.7976931348623157e308])
def test_a_number_is_no_text_and_comes_back_exactly(number: float) -> None:
    assert float(field(number)) == number
    assert not field(number).startswith("'")


@pytest.mark.parametrize(("cell", "written"), [(None, ""), (True, "true"), (False, "false")])
def test_what_is_absent_is_empty_and_truth_has_words(cell: Cell, written: str) -> None:
    assert field(cell) == written


def test_lines_end_as_the_standard_says() -> None:
    column = Column(name="x", title="X", read=lambda row: row)
    assert csv_of([column], [1.0, None]) == b'x\r\n1.0\r\n""\r\n'
    assert csv_of([column], []) == b"x\r\n"
    assert json_of([column], [1.0, None]) == b'[{"x":1.0},{"x":null}]'
    assert json_of([column], []) == b"[]"


async def test_a_product_with_a_hostile_name_is_a_text_in_csv_and_unchanged_in_json(
    tmp_path: Path,
) -> None:
    async with tables_mesh(tmp_path) as mesh:
        await mesh.store.put_products([replace(NIFTY, symbol="EVIL", name=HOSTILE[0])])
        (evil, _) = await mesh.rows("products")
        assert evil["name"] == HOSTILE[0]
        async with mesh.client.get("/api/tables/products?format=csv") as response:
            (_, row, _) = csv.reader(StringIO(await response.text(), newline=""))
        assert row[:2] == ["EVIL", f"'{HOSTILE[0]}"]
