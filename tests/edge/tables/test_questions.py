"""What is asked of a table that it cannot answer is refused, precisely, as everywhere."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.analytics.analytics_mesh import NIFTY, analytics_role
from tests.analytics.hand_clock import HandClock
from tests.edge.tables.tables_mesh import (
    ANALYTICS,
    STORAGE,
    TablesMesh,
    edge_before,
    edge_before_storage,
    tables_mesh,
)
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.transcoder_mesh import Seen, Storage, json_of
from tests.edge.whole_edge import limiter
from tests.fixtures.storage_role import storage_role
from yarl import URL

from deltastream.edge.tables import handler
from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.tables.columns import Column
from deltastream.edge.tables.formats import Format
from deltastream.edge.tables.parameters import PRODUCT
from deltastream.edge.tables.table import Table
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.runtime.concurrency import Concurrency, Limit

shared = pytest.mark.asyncio(loop_scope="session")
each_of_a_product = pytest.mark.parametrize(
    "table",
    [table for table in TABLES if PRODUCT in table.parameters],
    ids=lambda table: table.name,
)


@shared
@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("chian?product=NIFTY", 404, "ROUTE_NOT_FOUND"),
        ("chain?product=NIFTI", 404, "PRODUCT_NOT_FOUND"),
        ("chain", 400, "VALIDATION_FAILED"),
        ("chain?product=nifty 50", 400, "VALIDATION_FAILED"),
        ("chain?product=NIFTY&expiry=2031-01-01", 404, "EXPIRY_NOT_FOUND"),
        ("chain?product=NIFTY&expiry=20310101", 400, "VALIDATION_FAILED"),
        ("max-pain?product=NIFTY&expiry=2031-01-01", 404, "EXPIRY_NOT_FOUND"),
        ("smile?product=NIFTY&expiry=2031-01-01", 404, "EXPIRY_NOT_FOUND"),
        ("smile?product=NIFTY&expiry=20310101", 400, "MALFORMED_REQUEST"),
        ("chain?product=NIFTY&expiry=all", 400, "VALIDATION_FAILED"),
        ("chain?product=NIFTY&format=xml", 400, "MALFORMED_REQUEST"),
        ("chain?product=NIFTY&format=json&format=csv", 400, "MALFORMED_REQUEST"),
        ("chain?product=NIFTY&product=SPY", 400, "MALFORMED_REQUEST"),
        ("chain?product=NIFTY&expiry=&expiry=", 400, "MALFORMED_REQUEST"),
        ("chain?product=NIFTY&expirry=2026-01-27", 400, "UNKNOWN_FIELD"),
        ("chain?product=NIFTY&page_size=5", 400, "UNKNOWN_FIELD"),
        ("pcr-history?product=NIFTY&history=false", 400, "UNKNOWN_FIELD"),
        ("products?product=NIFTY", 400, "UNKNOWN_FIELD"),
        ("prices?product=NIFTY&start=yesterday", 400, "MALFORMED_REQUEST"),
        ("prices?product=NIFTY&limit=many", 400, "MALFORMED_REQUEST"),
        ("prices?product=NIFTY&limit=1001", 400, "VALIDATION_FAILED"),
        ("candles?product=NIFTY&window=7", 400, "VALIDATION_FAILED"),
        ("surface?product=NIFTY&log_moneyness=9", 400, "VALIDATION_FAILED"),
        ("prices?product=%zz", 400, "MALFORMED_REQUEST"),
        ("prices?product=%ff", 400, "MALFORMED_REQUEST"),
        ("%ff", 404, "ROUTE_NOT_FOUND"),
    ],
)
async def test_a_bad_question_says_what_is_wrong_with_it(
    mesh: TablesMesh, path: str, status: int, reason: str
) -> None:
    encoded = "%" in path
    async with mesh.client.get(URL(f"/api/tables/{path}", encoded=encoded)) as response:
        assert response.status == status
        assert reason_of(await json_of(response)) == reason
        assert response.headers["Cache-Control"] == "no-store"


@shared
async def test_a_refusal_is_json_for_who_wants_csv_too(mesh: TablesMesh) -> None:
    async with mesh.client.get("/api/tables/chain?product=NIFTI&format=csv") as response:
        assert "Content-Disposition" not in response.headers
        assert reason_of(await json_of(response)) == "PRODUCT_NOT_FOUND"


@shared
async def test_an_unknown_table_is_answered_with_those_there_are(mesh: TablesMesh) -> None:
    async with mesh.client.get("/api/tables/chian") as response:
        message = (await json_of(response))["message"]
    assert message.startswith("there is no table chian; there are chain, figures,")


@shared
async def test_a_parameter_that_is_misspelt_is_told_its_neighbour(mesh: TablesMesh) -> None:
    async with mesh.client.get("/api/tables/smile?product=NIFTY&expiri=all") as response:
        (info, *_) = (await json_of(response))["details"]
    assert info["metadata"] == {"field": "expiri", "nearest": "expiry"}


@shared
@each_of_a_product
async def test_an_unknown_product_is_not_found_by_any_table(mesh: TablesMesh, table: Table) -> None:
    async with mesh.client.get(table.path, params={"product": "NIFTI"}) as response:
        assert response.status == 404
        assert reason_of(await json_of(response)) == "PRODUCT_NOT_FOUND"


@shared
@pytest.mark.parametrize("expiry", ["", "nearest"])
async def test_the_nearest_expiry_has_a_name(mesh: TablesMesh, expiry: str) -> None:
    for table in TABLES:
        if "expiry" in {each.name for each in table.parameters}:
            named = await mesh.rows(table.name, product="NIFTY", expiry=expiry)
            assert named == await mesh.rows(table.name, product="NIFTY"), table.name


@shared
async def test_only_get_and_head_are_answered(mesh: TablesMesh) -> None:
    async with mesh.client.post("/api/tables/chain?product=NIFTY") as response:
        assert response.status == 405
        assert reason_of(await json_of(response)) == "METHOD_NOT_ALLOWED"
    async with mesh.client.head("/api/tables/chain?product=NIFTY") as response:
        assert response.status == 200
        assert int(response.headers["Content-Length"]) > 0


@shared
async def test_a_deadline_in_another_notation_is_refused(mesh: TablesMesh) -> None:
    headers = {"Grpc-Timeout": "soon"}
    async with mesh.client.get("/api/tables/products", headers=headers) as response:
        assert response.status == 400
        assert reason_of(await json_of(response)) == "MALFORMED_REQUEST"


async def test_a_product_without_chains_has_no_rows_to_show(tmp_path: Path) -> None:
    async with (
        storage_role(tmp_path) as (storage, store),
        analytics_role(storage, HandClock()) as analytics,
        edge_before({STORAGE: storage, ANALYTICS: analytics}) as client,
    ):
        await store.put_products([NIFTY])
        async with client.get("/api/tables/chain?product=NIFTY") as response:
            assert response.status == 404
            assert reason_of(await json_of(response)) == "EXPIRY_NOT_FOUND"
        async with client.get("/api/tables/candles?product=NIFTY") as response:
            assert (response.status, await json_of(response)) == (200, [])
        async with client.get("/api/tables/candles?product=NIFTY&format=csv") as response:
            assert (await response.text()).splitlines()[1:] == []


@pytest.mark.parametrize("name", ["prices", "chain", "max-pain"])
async def test_a_service_that_is_away_is_unavailable(name: str) -> None:
    async with (
        edge_before({}) as client,
        client.get(f"/api/tables/{name}?product=NIFTY") as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
        assert reason_of(await json_of(response)) == "DEPENDENCY_UNAVAILABLE"


async def test_a_service_that_takes_too_long_is_a_gateway_timeout() -> None:
    storage = Storage(Seen())
    storage.hangs = True
    async with (
        edge_before_storage(storage, waits=CallLimits(unary_timeout=5.0)) as client,
        client.get(
            "/api/tables/prices?product=NIFTY", headers={"Grpc-Timeout": "100m"}
        ) as response,
    ):
        assert response.status == 504
        assert reason_of(await json_of(response)) == "DEADLINE_EXCEEDED"


async def test_a_caller_s_request_id_and_credentials_go_with_every_call() -> None:
    seen = Seen()
    async with edge_before_storage(Storage(seen)) as client:
        headers = {"Authorization": "Bearer a.b.c", "X-Request-Id": "mine-1"}
        path = "/api/tables/chain?product=NIFTY&expiry=2026-01-27"
        async with client.get(path, headers=headers) as response:
            assert response.status == 200
    (metadata,) = seen.metadata
    assert (metadata["authorization"], metadata["x-request-id"]) == ("Bearer a.b.c", "mine-1")
    (request,) = seen.requests
    assert (request.expiry, request.page_size) == ("2026-01-27", 1)  # type: ignore[attr-defined]


async def test_tables_are_counted_as_requests_are(tmp_path: Path) -> None:
    async with tables_mesh(tmp_path, limiter=limiter(client=2)) as mesh:
        await mesh.rows("products")
        await mesh.rows("products")
        async with mesh.client.get("/api/tables/products") as response:
            assert response.status == 429
            assert reason_of(await json_of(response)) == "RATE_LIMITED"


async def test_more_at_once_than_the_edge_takes_on_are_refused(tmp_path: Path) -> None:
    concurrency = Concurrency(calls=Limit(1, of="calls"), streams=Limit(1, of="streams"))
    async with tables_mesh(tmp_path, concurrency=concurrency) as mesh:
        await mesh.rows("products")
        assert concurrency.calls.admit()
        async with mesh.client.get("/api/tables/products") as response:
            assert response.status == 429
            assert reason_of(await json_of(response)) == "OVERLOADED"
        concurrency.calls.release()
        await mesh.rows("products")


@shared
async def test_many_rows_are_written_beside_other_work_and_are_the_same(
    mesh: TablesMesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = await mesh.rows("smile", product="NIFTY")
    written_in = set[str]()
    render = dict(handler._RENDER)

    def noting(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
        written_in.add(threading.current_thread().name)
        return render[Format.JSON](columns, rows)

    monkeypatch.setattr(handler, "_MOST_INLINE_BYTES", 0)
    monkeypatch.setattr(handler, "_RENDER", render | {Format.JSON: noting})
    assert await mesh.rows("smile", product="NIFTY") == few
    assert threading.main_thread().name not in written_in
    async with mesh.client.get("/api/tables/smile?product=NIFTY&expiry=2031-01-01") as response:
        assert response.status == 404
