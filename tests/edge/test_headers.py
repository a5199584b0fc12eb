"""What every answer tells browsers and proxies."""

import re
from pathlib import Path

import pytest
from tests.edge.whole_edge import LOGIN, PRODUCTS, SOMEBODY, whole_edge

from deltastream.edge import docs_page
from deltastream.edge.dashboard import STATIC
from deltastream.edge.limits.callers import Callers

EVERYWHERE = [PRODUCTS, "/api/docs", "/api/openapi.json", "/health", "/no/such/path"]
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "DeltaStream",
}


def policy_of(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in text.split(";"))}


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_keeps_other_sites_away(path: str) -> None:
    async with whole_edge() as client, client.get(path) as response:
        assert {name: response.headers.get(name) for name in FIXED} == FIXED
        assert "camera=()" in response.headers["Permissions-Policy"]
        policy = policy_of(response.headers["Content-Security-Policy"])
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("page", [docs_page._PAGE / "index.html", STATIC / "index.html"])
def test_no_page_needs_what_the_policy_forbids(page: Path) -> None:
    if not page.is_file():
        pytest.skip("the dashboard is not built")
    text = page.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "a script in the page itself"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text), "something from elsewhere"


async def test_pages_that_are_named_may_show_ours_in_a_frame() -> None:
    ancestors = ["https://desk.example"]
    async with whole_edge(frame_ancestors=ancestors) as client, client.get("/api/docs") as response:
        policy = policy_of(response.headers["Content-Security-Policy"])
        assert policy["frame-ancestors"] == ancestors
        assert "X-Frame-Options" not in response.headers


async def test_files_can_be_loaded_by_other_sites_where_some_are_allowed() -> None:
    async with (
        whole_edge(cors_origins=["https://charts.example"]) as client,
        client.get("/api/docs") as response,
    ):
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(("hops", "expected"), [(0, False), (1, True)])
async def test_browsers_are_told_to_stay_with_tls_by_a_trusted_proxy_alone(
    hops: int, *, expected: bool
) -> None:
    async with whole_edge(callers=Callers(trusted_hops=hops)) as client:
        async with client.get(PRODUCTS, headers={"X-Forwarded-Proto": "https"}) as response:
            assert ("Strict-Transport-Security" in response.headers) is expected
        async with client.get(PRODUCTS, headers={"X-Forwarded-Proto": "http"}) as response:
            assert "Strict-Transport-Security" not in response.headers


async def test_answers_of_auth_are_kept_by_nobody() -> None:
    async with whole_edge() as client:
        async with client.post(LOGIN, json=SOMEBODY) as response:
            assert response.status == 401
            assert response.headers["Cache-Control"] == "no-store"
        async with client.get("/api/auth/me") as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert "ETag" not in response.headers


async def test_what_does_not_exist_may_later_and_is_not_kept() -> None:
    async with whole_edge() as client, client.get("/no/such/path") as response:
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_fault_inside_is_not_shown() -> None:
    async with whole_edge() as client, client.get("/api/data/underlying/BROKEN") as response:
        text = await response.text()
    assert response.status == 500
    assert "secret" not in text
    assert "10.0.0.7" not in text
    assert "ZeroDivision" not in text


async def test_a_fault_of_the_edge_itself_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret at 10.0.0.7")

    monkeypatch.setattr("deltastream.edge.answers.to_json", broken)
    async with whole_edge() as client, client.get(PRODUCTS) as response:
        text = await response.text()
    assert response.status == 500
    assert '"reason":"INTERNAL"' in text
    assert "secret" not in text
    assert "Traceback" not in text
