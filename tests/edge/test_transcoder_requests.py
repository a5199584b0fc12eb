"""Paths, query strings and bodies become request messages."""

from typing import Any

import pytest
from tests.edge.json_values import to_dict
from tests.edge.transcoder_mesh import json_of, mesh

from deltastream.edge.contract import SERVICES
from deltastream.edge.transcoder.http_rule import bindings_of

_TIME = "2026-01-27T09:30:00"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("page_size=5&page_token=abc", {"page_size": 5, "page_token": "abc"}),
        ("pageSize=5", {"page_size": 5}),
        (f"start={_TIME}Z", {"start": f"{_TIME}Z"}),
        (f"start={_TIME}.5%2B05:30", {"start": "2026-01-27T04:00:00.500Z"}),
        (f"end={_TIME}.123456789-01:00", {"end": "2026-01-27T10:30:00.123456789Z"}),
        ("limit=%2B7", {"limit": 7}),
    ],
)
async def test_path_and_query_become_the_request(query: str, expected: dict[str, Any]) -> None:
    async with mesh() as edge:
        response = await edge.client.get(f"/api/data/underlying/NIFTY?{query}")
        assert response.status == 200, await response.text()
        empty = {"product": "NIFTY", "page_size": 0, "limit": 0, "page_token": ""}
        assert to_dict(edge.seen.requests[-1]) == empty | expected


async def test_a_second_binding_takes_more_from_the_path() -> None:
    async with mesh() as edge:
        for path in ("/api/data/chain/NIFTY/2026-01-27", "/api/data/chain/NIFTY?expiry=2026-01-27"):
            await edge.client.get(f"{path}")
        by_path, by_query = edge.seen.requests
        assert by_path == by_query
        assert to_dict(by_path)["expiry"] == "2026-01-27"


@pytest.mark.parametrize("view", ["CHAIN_VIEW_SUMMARY", "2"])
async def test_an_enum_is_given_by_name_or_number(view: str) -> None:
    async with mesh() as edge:
        await edge.client.get(f"/api/data/chain/NIFTY?view={view}")
        assert to_dict(edge.seen.requests[-1])["view"] == "CHAIN_VIEW_SUMMARY"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5s", "5s"), ("1.5s", "1.500s"), ("1500ms", "1.500s"), ("0m30s", "30s")],
)
async def test_a_repeated_field_repeats_and_a_duration_has_units(text: str, expected: str) -> None:
    async with mesh() as edge:
        edge.enrichment.frames.put_nowait(None)
        query = f"products=NIFTY&products=SPY&heartbeat_interval={text}"
        response = await edge.client.get(f"/api/stream/ticks?{query}")
        assert response.status == 200, await response.text()
        request = to_dict(edge.seen.requests[-1])
        assert request["products"] == ["NIFTY", "SPY"]
        assert request["heartbeat_interval"] == expected


async def test_an_escaped_path_segment_is_unescaped_once() -> None:
    async with mesh() as edge:
        await edge.client.get("/api/data/underlying/M%26M")
        assert to_dict(edge.seen.requests[-1])["product"] == "M&M"


async def test_a_custom_verb_is_a_route_and_a_body_becomes_the_request() -> None:
    async with mesh() as edge:
        response = await edge.client.post(
            "/api/admin/dead-letters:replay", data=b'{"ids": ["1", "2"]}'
        )
        assert await json_of(response) == {"replayed": 2, "failures": []}


@pytest.mark.parametrize("body", [b"", b"{}", b" \n", b'{"ids": null}'])
async def test_an_empty_body_is_an_empty_message(body: bytes) -> None:
    async with mesh() as edge:
        response = await edge.client.post("/api/admin/dead-letters:replay", data=body)
        assert await json_of(response) == {"replayed": 0, "failures": []}


async def test_a_nested_body_is_read_in_either_spelling() -> None:
    leg = {"symbol": "NIFTY-20260127-24500-CE", "strike": 24500, "openInterest": "12.5"}
    chain = {
        "product": "NIFTY",
        "expiry": "2026-01-27",
        "spotPrice": 24512.35,
        "timestamp": f"{_TIME}Z",
        "sequence": 18446744073709551615,
        "calls": [leg],
    }
    async with mesh() as edge:
        response = await edge.client.post("/api/enrich/chain", json={"chain": chain})
        assert response.status == 200, await response.text()
        request = to_dict(edge.seen.requests[-1])["chain"]
        assert request["spot_price"] == 24512.35
        assert request["sequence"] == "18446744073709551615"
        assert request["calls"][0]["open_interest"] == 12.5


async def test_every_http_rule_of_the_contract_is_a_route() -> None:
    async with mesh() as edge:
        bindings = [binding for service in SERVICES for binding in bindings_of(service)]
        assert len(bindings) > 25
        app = edge.client.server.app  # type: ignore[attr-defined]
        routes = {(route.method, route.resource.canonical) for route in app.router.routes()}
        assert {(binding.http_method, binding.template) for binding in bindings} <= routes


async def test_methods_without_an_http_rule_are_no_routes() -> None:
    async with mesh() as edge:
        for path in ("/deltastream.storage.v1.StorageService/PutTicks", "/api/data/ticks"):
            assert (await edge.client.post(path)).status == 404
