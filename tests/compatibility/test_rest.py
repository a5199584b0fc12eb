"""The original's documented REST calls, by curl."""

from typing import Any, Final

import pytest
from tests.compatibility.curl import Answer, curl
from tests.compatibility.platform_under_test import EMAIL, PASSWORD, PRODUCTS, Platform
from tests.compatibility.shapes import (
    CHAIN,
    DATE,
    MAX_PAIN,
    NUMBER,
    RATIO,
    SESSION,
    SURFACE,
    TEXT,
    TICK,
    TIME,
    faults,
)

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]
CANDLE: Final = {"start": TIME, **dict.fromkeys(("open", "high", "low", "close"), NUMBER)}
STORED_QUOTE: Final = {"symbol": TEXT, "timestamp": TIME, "bid": NUMBER, "ask": NUMBER}
# What each call answers, beside the names that every call of its kind has.
CALLS: Final[dict[str, Any]] = {
    "/api/data/products": {"products": [TEXT]},
    "/api/data/expiries/NIFTY": {"product": TEXT, "expiries": [DATE]},
    "/api/data/underlying/NIFTY": {"product": TEXT, "count": NUMBER, "ticks": [TICK]},
    "/api/data/chain/NIFTY": {"product": TEXT, "count": NUMBER, "chains": [CHAIN]},
    "/api/analytics/pcr/NIFTY": {"product": TEXT, "latest": RATIO},
    "/api/analytics/pcr/NIFTY?history=true": {"product": TEXT, "latest": RATIO, "history": [RATIO]},
    "/api/analytics/max-pain/NIFTY": MAX_PAIN | {"curve": [{"strike": NUMBER}]},
    "/api/analytics/volatility-surface/NIFTY": SURFACE,
    "/api/analytics/oi-buildup/NIFTY": {"product": TEXT, "expiry": DATE},
    "/api/analytics/gamma-exposure/NIFTY": {"product": TEXT, "expiry": DATE},
    "/api/analytics/straddle/NIFTY": {"product": TEXT, "expiry": DATE},
    "/api/analytics/ohlc/NIFTY?window=1": {"product": TEXT, "candles": [CANDLE]},
    "/api/data/candles/NIFTY?window_minutes=1": {"product": TEXT},
    "/api/feed/status": {"source": TEXT},
}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def ask(platform: Platform, path: str) -> Any:
    """Ask as somebody who has logged in; return what must be an answer."""
    answer = await curl(platform.url + path, headers=bearer(platform.token))
    assert (answer.status, answer.content_type) == (200, "application/json"), answer.body
    return answer.body


def reason_of(answer: Answer) -> str:
    """Return the reason in what must be a google.rpc.Status."""
    assert answer.content_type == "application/json"
    assert (
        faults(answer.body, {"code": NUMBER, "message": TEXT, "details": [{"@type": TEXT}]}) == []
    )
    (info,) = [d for d in answer.body["details"] if d["@type"].endswith("google.rpc.ErrorInfo")]
    assert info["domain"] == "deltastream.dev"
    return str(info["reason"])


@pytest.mark.parametrize("path", CALLS)
async def test_a_call_answers_what_the_originals_clients_read(
    platform: Platform, path: str
) -> None:
    assert faults(await ask(platform, path), CALLS[path]) == []


async def test_the_products_are_those_that_are_fed(platform: Platform) -> None:
    assert (await ask(platform, "/api/data/products"))["products"] == list(PRODUCTS)


async def test_an_expiry_has_chains_of_its_own(platform: Platform) -> None:
    nearest, *_ = (await ask(platform, "/api/data/expiries/NIFTY"))["expiries"]
    for path in (f"/api/data/chain/NIFTY/{nearest}", f"/api/data/chain/NIFTY?expiry={nearest}"):
        found = await ask(platform, f"{path}{'&' if '?' in path else '?'}limit=2")
        assert {chain["expiry"] for chain in found["chains"]} == {nearest}
        assert found["count"] == len(found["chains"]) == 2


async def test_a_leg_of_a_chain_has_quotes_of_its_own(platform: Platform) -> None:
    nearest, *_ = (await ask(platform, "/api/data/expiries/NIFTY"))["expiries"]
    (chain,) = (await ask(platform, f"/api/data/chain/NIFTY/{nearest}?limit=1"))["chains"]
    symbol = chain["calls"][0]["symbol"]
    found = await ask(platform, f"/api/data/option/quote/{symbol}")
    assert faults(found, {"symbol": TEXT, "count": NUMBER, "quotes": [STORED_QUOTE]}) == []
    assert {quote["symbol"] for quote in found["quotes"]} == {symbol}


async def test_prices_come_newest_first_as_many_as_are_asked_for_and_page_by_page(
    platform: Platform,
) -> None:
    first = await ask(platform, "/api/data/underlying/NIFTY?limit=2")
    token = first["next_page_token"]
    second = await ask(platform, f"/api/data/underlying/NIFTY?limit=2&page_token={token}")
    times = [tick["timestamp"] for tick in first["ticks"] + second["ticks"]]
    assert times == sorted(set(times), reverse=True)
    assert len(times) == 4


async def test_prices_can_be_asked_for_by_time(platform: Platform) -> None:
    newest, middle, oldest = (await ask(platform, "/api/data/underlying/NIFTY?limit=3"))["ticks"]
    span = f"start={oldest['timestamp']}&end={newest['timestamp']}"
    found = await ask(platform, f"/api/data/underlying/NIFTY?{span}")
    assert found["ticks"] == [middle, oldest]


async def test_who_registers_or_logs_in_can_call(platform: Platform) -> None:
    account = {"email": "grace@example.com", "password": PASSWORD, "name": "Grace"}
    registered = await curl(f"{platform.url}/api/auth/register", body=account)
    assert (registered.status, faults(registered.body, SESSION)) == (200, [])
    assert registered.body["user"]["name"] == "Grace"
    logged_in = await curl(f"{platform.url}/api/auth/login", body=account | {"name": ""})
    assert reason_of(logged_in) == "UNKNOWN_FIELD"
    del account["name"]
    logged_in = await curl(f"{platform.url}/api/auth/login", body=account)
    assert (logged_in.status, faults(logged_in.body, SESSION)) == (200, [])
    for token in (registered.body["token"], logged_in.body["token"]):
        me = await curl(f"{platform.url}/api/auth/me", headers=bearer(token))
        assert (me.status, me.body["user"]["email"]) == (200, "grace@example.com")
        verified = await curl(f"{platform.url}/api/auth/verify", body={"token": token})
        assert verified.body["valid"] is True


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("login", {"email": EMAIL, "password": "wrong"}, 401, "CREDENTIALS_INVALID"),
        ("login", {"email": "no@example.com", "password": "x"}, 401, "CREDENTIALS_INVALID"),
        ("login", {"password": "x"}, 400, "VALIDATION_FAILED"),
        ("register", {"email": EMAIL, "password": PASSWORD}, 409, "EMAIL_TAKEN"),
        ("register", {"email": "x@example.com", "password": "short"}, 400, "VALIDATION_FAILED"),
        ("register", {"email": "x", "password": PASSWORD}, 400, "VALIDATION_FAILED"),
        ("login", ["not an object"], 400, "MALFORMED_REQUEST"),
    ],
)
async def test_credentials_that_do_not_serve_are_refused(
    platform: Platform, path: str, body: object, status: int, reason: str
) -> None:
    answer = await curl(f"{platform.url}/api/auth/{path}", body=body)
    assert (answer.status, reason_of(answer)) == (status, reason)


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/api/data/chain/NIFTI", 404, "PRODUCT_NOT_FOUND"),
        ("/api/data/chain/NIFTY/2020-01-01", 404, "EXPIRY_NOT_FOUND"),
        ("/api/data/underlying/nifty", 400, "VALIDATION_FAILED"),
        ("/api/data/underlying/NIFTY?limit=-1", 400, "VALIDATION_FAILED"),
        ("/api/data/underlying/NIFTY?limit=many", 400, "MALFORMED_REQUEST"),
        ("/api/data/underlying/NIFTY?limits=1", 400, "UNKNOWN_FIELD"),
        ("/api/analytics/max-pain/NIFTI", 404, "PRODUCT_NOT_FOUND"),
        ("/api/analytics/greeks/NIFTY", 404, "ROUTE_NOT_FOUND"),
    ],
)
async def test_what_is_asked_wrongly_is_refused_with_a_reason(
    platform: Platform, path: str, status: int, reason: str
) -> None:
    answer = await curl(platform.url + path, headers=bearer(platform.token))
    assert (answer.status, reason_of(answer)) == (status, reason)


async def test_a_call_without_a_good_token_is_refused_as_that(platform: Platform) -> None:
    url = f"{platform.url}/api/data/products"
    nobody = await curl(url)
    assert (nobody.status, reason_of(nobody)) == (401, "CREDENTIALS_MISSING")
    forger = await curl(url, headers=bearer("forged"))
    assert (forger.status, reason_of(forger)) == (401, "CREDENTIALS_INVALID")
    late = await curl(url, headers=bearer(platform.expired_token))
    assert (late.status, reason_of(late)) == (401, "TOKEN_EXPIRED")


async def test_a_method_that_a_path_does_not_have_is_refused(platform: Platform) -> None:
    answer = await curl(f"{platform.url}/api/data/products", "--request", "DELETE")
    assert (answer.status, reason_of(answer)) == (405, "METHOD_NOT_ALLOWED")


async def test_the_health_of_the_platform_is_public(platform: Platform) -> None:
    answer = await curl(f"{platform.url}/health")
    assert (answer.status, answer.body["status"]) == (200, "SERVING")
