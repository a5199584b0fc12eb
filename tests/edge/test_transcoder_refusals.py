"""A request that does not fit is refused before any service sees it, and says what is wrong."""

import asyncio
from typing import Any

import pytest
from tests.edge.transcoder_mesh import golden, json_of, mesh
from yarl import URL

from deltastream.edge.transcoder.call_options import CallLimits

_TICKS = "/api/data/underlying/NIFTY"
_CHAIN = "/api/enrich/chain"


def reason_of(status: dict[str, Any]) -> str:
    info = status["details"][0]
    assert info["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
    assert info["domain"] == "deltastream.dev"
    return str(info["reason"])


def violation_of(status: dict[str, Any]) -> dict[str, str]:
    (violation,) = status["details"][1]["field_violations"]
    found: dict[str, str] = violation
    return found


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (f"{_TICKS}?page_sise=5", "unknown_query_parameter.json"),
        (f"{_TICKS}?page_size=five", "malformed_query_parameter.json"),
        ("/api/dta", "route_not_found.json"),
    ],
)
async def test_the_answer_is_a_status(path: str, file: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get(path)
        assert await json_of(response) == golden(file)
        assert response.status == {3: 400, 5: 404}[golden(file)["code"]]
        assert not edge.seen.requests


@pytest.mark.parametrize(
    ("query", "field", "problem"),
    [
        ("page_size=", "page_size", "must be a whole number"),
        ("page_size=1.5", "page_size", "must be a whole number"),
        ("page_size=2147483648", "page_size", "from -2147483648 to 2147483647"),
        ("page_size=1&page_size=2", "page_size", "more than once"),
        ("page_size=1&pageSize=2", "page_size", "more than once"),
        ("start=2026-01-27", "start", "RFC 3339"),
        ("start=1769506200", "start", "RFC 3339"),
        ("start=2026-01-27T09:30:00+05:30", "start", "%2B"),
        ("start=2026-02-30T09:30:00Z", "start", "that exists"),
        ("product=SPY", "product", "given by the path"),
    ],
)
async def test_a_bad_query_value_is_named(query: str, field: str, problem: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get(f"{_TICKS}?{query}")
        assert response.status == 400
        status = await json_of(response)
        assert reason_of(status) == "MALFORMED_REQUEST"
        assert status["details"][0]["metadata"] == {"field": field}
        assert violation_of(status)["field"] == field
        assert problem in violation_of(status)["description"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/api/data/chain/NIFTY?view=SUMMARY", "CHAIN_VIEW_SUMMARY"),
        ("/api/data/chain/NIFTY?view=9", "CHAIN_VIEW_SUMMARY"),
        ("/api/analytics/pcr/NIFTY?history=yes", "true or false"),
        ("/api/stream/ticks?heartbeat_interval=5", "5s, 250ms or 1m30s"),
    ],
)
async def test_a_bad_value_is_told_what_would_be_good(path: str, problem: str) -> None:
    async with mesh() as edge:
        status = await json_of(await edge.client.get(path))
        assert problem in violation_of(status)["description"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", None),
        ("[]", None),
        ("1", None),
        ('{"chain": 1}', "chain"),
        ('{"chain": {"sequence": -1}}', "chain.sequence"),
        ('{"chain": {"sequence": true}}', "chain.sequence"),
        ('{"chain": {"sequence": "+1"}}', "chain.sequence"),
        ('{"chain": {"sequence": "01"}}', "chain.sequence"),
        ('{"chain": {"sequence": "1.5"}}', "chain.sequence"),
        ('{"chain": {"sequence": "1e999999999"}}', "chain.sequence"),
        ('{"chain": {"sequence": 9007199254740993.0}}', "chain.sequence"),
        ('{"convention": "1"}', "convention"),
        ('{"chain": {"product": 1}}', "chain.product"),
        (r'{"chain": {"product": "\ud800"}}', "chain.product"),
        ('{"chain": {"calls": {}}}', "chain.calls"),
        ('{"chain": {"calls": [{"strike": 1}, {"strike": "x"}]}}', "chain.calls[1].strike"),
        ('{"chain": {"calls": [null]}}', "chain.calls[0]"),
        ('{"chain": {"spot_price": 1e999}}', "chain.spot_price"),
        ('{"chain": {"spot_price": NaN}}', None),
        ('{"chain": {"spot_price": [1]}}', "chain.spot_price"),
        ('{"chain": {"timestamp": 5}}', "chain.timestamp"),
        ('{"chain": {"timestamp": "today"}}', "chain.timestamp"),
        ('{"chain": {"spot_price": 1, "spotPrice": 2}}', "chain.spot_price"),
        ('{"chain": {}, "chain": {}}', None),
        ("[" * 5000, None),
        ('{"chain": ' + "9" * 5000 + "}", None),
        ('{"chain": "\xff"}', "chain"),
    ],
)
async def test_a_bad_body_is_refused_and_its_field_named(body: str, field: str | None) -> None:
    async with mesh() as edge:
        response = await edge.client.post(_CHAIN, data=body.encode())
        assert response.status == 400
        status = await json_of(response)
        assert reason_of(status) == "MALFORMED_REQUEST"
        assert status["details"][0]["metadata"].get("field") == field
        assert not edge.seen.requests


async def test_a_body_that_is_no_utf_8_is_refused() -> None:
    async with mesh() as edge:
        status = await json_of(await edge.client.post(_CHAIN, data=b'{"chain": "\xff"}'))
        assert status["message"] == "the body must be JSON in UTF-8"


@pytest.mark.parametrize(
    ("body", "field", "nearest"),
    [
        ({"chains": {}}, "chains", "chain"),
        ({"chain" * 10_000: 1}, ("chain" * 20)[:64], "chain"),
        ({"chai\ud800": 1}, "chai?", "chain"),
        ({"chain": {"spotprice": 1}}, "chain.spotprice", "spot_price"),
        ({"chain": {"puts": [{"open_intrest": 1}]}}, "chain.puts[0].open_intrest", "open_interest"),
    ],
)
async def test_an_unknown_field_names_its_nearest_neighbour(
    body: dict[str, Any], field: str, nearest: str
) -> None:
    async with mesh() as edge:
        response = await edge.client.post(_CHAIN, json=body)
        assert response.status == 400
        status = await json_of(response)
        assert reason_of(status) == "UNKNOWN_FIELD"
        assert status["details"][0]["metadata"] == {"field": field, "nearest": nearest}


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("/api/data/underlying/%", "%25"),
        ("/api/data/underlying/%zz", "%25"),
        ("/api/data/underlying/%ff", "UTF-8"),
        (f"{_TICKS}?page_token=100%", "%25"),
        (f"{_TICKS}?page_token=%f", "%25"),
        (f"{_TICKS}?page_token=%ff", "UTF-8"),
        (f"{_TICKS}?page_token=%ED%A0%80", "UTF-8"),
    ],
)
async def test_a_url_that_cannot_be_unescaped_is_refused(target: str, problem: str) -> None:
    async with mesh() as edge:
        url = edge.client.make_url("/").join(URL(target, encoded=True))
        violation = violation_of(await json_of(await edge.client.session.get(url)))
        assert violation["field"] == "URL"
        assert problem in violation["description"]
        assert not edge.seen.requests


async def test_a_parameter_without_a_name_is_unknown() -> None:
    async with mesh() as edge:
        status = await json_of(await edge.client.get(f"{_TICKS}?=x"))
        assert status["details"][0]["metadata"]["field"] == '""'


async def test_a_method_with_a_body_takes_no_query() -> None:
    async with mesh() as edge:
        status = await json_of(await edge.client.post(f"{_CHAIN}?chain=1", json={}))
        assert reason_of(status) == "UNKNOWN_FIELD"


async def test_no_refusal_repeats_a_secret() -> None:
    async with mesh() as edge:
        for body in ({"password": ["hunter2"]}, {"password": {"hunter2": 1}}, {"hunter2": ""}):
            response = await edge.client.post("/api/auth/login", json=body)
            if "password" in body:
                assert "hunter2" not in await response.text()
            assert response.status == 400


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/api/data/products", "GET"),
        ("DELETE", "/api/data/chain/NIFTY", "GET"),
        ("GET", "/api/auth/login", "POST"),
    ],
)
async def test_another_http_method_is_told_which_are_allowed(
    method: str, path: str, allow: str
) -> None:
    async with mesh() as edge:
        response = await edge.client.request(method, path)
        assert (response.status, response.headers["Allow"]) == (405, allow)
        status = await json_of(response)
        assert (status["code"], reason_of(status)) == (12, "METHOD_NOT_ALLOWED")
        assert status["details"][0]["metadata"] == {"allow": allow}


@pytest.mark.parametrize(
    "path",
    ["/api/data/products/", "/api/data/underlying/", "/api/data/underlying/A/B", "/api/data//"],
)
async def test_a_path_matches_as_a_whole(path: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get(path)
        assert response.status == 404
        assert reason_of(await json_of(response)) == "ROUTE_NOT_FOUND"


async def test_a_body_over_the_limit_is_refused() -> None:
    async with mesh() as edge:
        response = await edge.client.post(_CHAIN, data=b" " * (1 << 17))
        assert response.status == 413
        status = await json_of(response)
        assert (status["code"], reason_of(status)) == (8, "MESSAGE_TOO_LARGE")
        assert status["details"][0]["metadata"] == {"limit_bytes": "65536"}


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async with mesh(CallLimits(body_timeout=0.05)) as edge:
        port = edge.client.port
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                b"POST /api/enrich/chain HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
            )
            assert b"408" in await reader.readline()
            writer.close()


@pytest.mark.parametrize("text", ["", "5", "S", "1.5S", "5 S", "999999999S", "-1S"])
async def test_a_timeout_that_is_not_in_grpcs_notation_is_refused(text: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get("/api/data/products", headers={"Grpc-Timeout": text})
        assert violation_of(await json_of(response))["field"] == "Grpc-Timeout"


async def test_credentials_that_no_token_can_make_are_refused() -> None:
    async with mesh() as edge:
        for values in (["Bearer a", "Bearer b"], ["Bearer \xe9"]):
            response = await edge.client.get(
                "/api/data/products", headers=[("Authorization", value) for value in values]
            )
            assert response.status == 401
            assert reason_of(await json_of(response)) == "CREDENTIALS_INVALID"
        assert not edge.seen.requests
