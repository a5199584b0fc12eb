"""Answers of services become HTTP responses, and so do their failures."""

import asyncio
import re

import grpc
import pytest
from google.rpc import status_pb2
from tests.edge.test_transcoder_refusals import reason_of
from tests.edge.transcoder_mesh import DEADLINE, golden, json_of, mesh, transcoding

from deltastream.edge.errors.status_response import http_status_of
from deltastream.edge.transcoder.call_options import CallLimits

_TICKS = "/api/data/underlying/NIFTY"


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/api/data/products", "products.json"),
        (_TICKS, "ticks.json"),
        ("/api/data/chain/NIFTY", "chains.json"),
    ],
)
async def test_an_answer_is_canonical_json(path: str, file: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get(path)
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"
        assert await json_of(response) == golden(file)


async def test_a_failure_is_passed_on_with_its_details() -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/data/underlying/GONE")
        assert response.status == 404
        assert await json_of(response) == golden("product_not_found.json")


async def test_the_services_validation_names_the_field() -> None:
    async with mesh() as edge:
        response = await edge.client.get(f"{_TICKS}?page_size=1001")
        assert response.status == 400
        status = await json_of(response)
        assert reason_of(status) == "VALIDATION_FAILED"
        assert status["details"][1]["field_violations"][0]["field"] == "page_size"


async def test_a_refused_login_says_how_to_authenticate() -> None:
    async with mesh() as edge:
        response = await edge.client.post(
            "/api/auth/login", json={"email": "a@b.example", "password": "wrong"}
        )
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert reason_of(await json_of(response)) == "CREDENTIALS_INVALID"


async def test_a_fault_of_a_service_shows_nothing_of_its_cause() -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/data/underlying/BROKEN")
        assert response.status == 500
        text = await response.text()
        assert reason_of(await json_of(response)) == "INTERNAL"
        assert "secret" not in text
        assert "10.0.0.7" not in text
        assert "ZeroDivision" not in text


async def test_a_method_that_no_servicer_has_is_not_offered() -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/feed/status")
        assert response.status == 501
        assert reason_of(await json_of(response)) == "NOT_IMPLEMENTED"


async def test_a_service_that_is_away_is_unavailable_and_its_address_stays_secret() -> None:
    # Port 9 (discard) is never listened on here.
    async with (
        grpc.aio.insecure_channel("127.0.0.1:9") as channel,
        transcoding(channel) as client,
    ):
        for path in (_TICKS, "/api/stream/ticks"):
            response = await client.get(path)
            assert (response.status, response.headers["Retry-After"]) == (503, "1")
            assert await json_of(response) == golden("unavailable.json")[path]


async def test_a_call_that_takes_too_long_is_a_gateway_timeout() -> None:
    async with mesh(CallLimits(unary_timeout=0.1)) as edge:
        edge.storage.hangs = True
        response = await edge.client.get(_TICKS)
        assert response.status == 504
        assert reason_of(await json_of(response)) == "DEADLINE_EXCEEDED"


async def test_a_client_states_its_own_deadline_up_to_the_limit() -> None:
    async with mesh(CallLimits(unary_timeout=5, longest_timeout=9)) as edge:
        for text in ("2S", "3000m", "8H", None):
            headers = {"Grpc-Timeout": text} if text is not None else {}
            await edge.client.get(_TICKS, headers=headers)
        assert [round(seconds) for seconds in edge.seen.remaining] == [2, 3, 9, 5]


async def test_credentials_are_passed_on_as_they_are() -> None:
    async with mesh() as edge:
        await edge.client.get("/api/data/products", headers={"Authorization": "Bearer a.b.c"})
        await edge.client.get("/api/data/products")
        assert edge.seen.metadata[0]["authorization"] == "Bearer a.b.c"
        assert "authorization" not in edge.seen.metadata[1]


async def test_a_request_id_is_passed_on_and_returned() -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/data/products", headers={"X-Request-Id": "mine-1"})
        assert response.headers["X-Request-Id"] == "mine-1"
        assert edge.seen.metadata[0]["x-request-id"] == "mine-1"


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, "\xe9"])
async def test_a_request_id_is_made_where_the_client_has_no_good_one(given: str | None) -> None:
    async with mesh() as edge:
        headers = {} if given is None else {"X-Request-Id": given}
        response = await edge.client.get("/api/data/products", headers=headers)
        made = response.headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{32}", made)
        assert edge.seen.metadata[0]["x-request-id"] == made


async def test_failures_carry_the_request_id_too() -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/dta", headers={"X-Request-Id": "mine-2"})
        assert response.headers["X-Request-Id"] == "mine-2"


async def test_a_client_that_goes_away_cancels_the_call() -> None:
    async with mesh() as edge:
        edge.storage.hangs = True
        asking = asyncio.create_task(edge.client.get(_TICKS))
        async with asyncio.timeout(DEADLINE):
            await edge.storage.called.wait()
            asking.cancel()
            await edge.storage.cancelled.wait()


def test_every_grpc_code_has_the_http_status_of_grpc_gateway() -> None:

    found = [http_status_of(status_pb2.Status(code=number)) for number in range(18)]
    expected = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]
    assert found == [*expected, 500]
