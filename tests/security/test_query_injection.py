"""Operators of query languages, in each text that anybody can send: texts, which find nothing.

Over SQLite, and over the servers at hand that speak MongoDB's protocol.
"""

import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from tests.fixtures import mongo_servers
from tests.security.access_rules import is_internal, methods
from tests.security.crowds import each_of
from tests.security.doors import (
    IN_THE_SUITE,
    PASSWORD,
    SECONDS,
    VARIABLES,
    Doors,
    answer,
    bearing,
    open_doors,
    requests_of,
)
from yarl import URL

pytestmark = IN_THE_SUITE

OPERATORS: Final[tuple[Any, ...]] = (
    {"$gt": ""},
    {"$ne": None},
    {"$regex": ".*"},
    {"$where": "sleep(5000) || true"},
    {"$in": ["admin@example.com", "NIFTY"]},
    {"$exists": True},
    [{"$ne": 1}],
)
TEXTS: Final = (
    *map(json.dumps, OPERATORS),
    "' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "admin@example.com' --",
    "NIFTY' UNION SELECT password_hash FROM users --",
    "%",
    "_",
    "*",
    "$where",
    "NIFTY\0",
    "\\",
    "{}",
)
# What says who somebody is. A name, and the password of who registers, may be any text.
IDENTIFYING: Final = {
    "Login": ("email", "password"),
    "Refresh": ("refresh_token",),
    "Verify": ("token",),
    "ExchangeApiKey": ("api_key",),
}
# May be any text.
SEARCHED_FOR: Final = "contains"
NOT_TRIED: Final = ("Logout", "EndSessions", "ChangePassword", "CreateApiKey")


@pytest_asyncio.fixture(
    loop_scope="session", scope="module", params=["sqlite", *mongo_servers.PARAMETERS]
)
async def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, doors: Doors
) -> AsyncIterator[Doors]:
    """Return a mesh whose accounts and market data are in a database of some kind."""
    if request.param == "sqlite":
        yield doors
        return
    server_of: Callable[[str], str] = request.getfixturevalue("mongo_server")
    folder = tmp_path_factory.mktemp(request.param)
    with two_databases(server_of(request.param)) as (users, market):
        async with open_doors(
            folder / "mesh", DELTASTREAM_USERS_URL=users, DELTASTREAM_STORE_URL=market
        ) as opened:
            yield opened
            assert opened.faults() == []


@contextmanager
def two_databases(server: str) -> Iterator[tuple[str, str]]:
    with (
        mongo_servers.empty_database(server) as users,
        mongo_servers.empty_database(server) as market,
    ):
        yield users, market


def method_named(name: str) -> MethodDescriptor:
    return next(method for method in methods() if method.name == name)


def texts_of(method: MethodDescriptor) -> list[str]:
    """Return the names of the fields that are texts."""
    return [
        field.name
        for field in method.input_type.fields
        if field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated
    ]


def bodies(victims: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield requests that would sign somebody in, if an operator was heeded.

    Each has a victim of its own: after a few wrong passwords none is looked at for a while.
    """
    for name, fields in IDENTIFYING.items():
        ((_, path, _),) = requests_of(method_named(name))
        for field in fields:
            for victim, operator in zip(victims, (*OPERATORS, *TEXTS), strict=True):
                right = {"email": victim, "password": PASSWORD} if "email" in fields else {}
                yield path, {**right, field: operator}


async def test_operators_identify_nobody(stored: Doors) -> None:
    accounts = [await stored.register(f"u{secrets.token_hex(6)}") for _ in (*OPERATORS, *TEXTS)]
    async with aiohttp.ClientSession(stored.mesh.http) as session:

        async def send(request: tuple[str, dict[str, Any]]) -> tuple[int, str]:
            path, body = request
            async with session.post(path, json=body) as response:
                return response.status, await response.text()

        requests = list(bodies([account["user"]["email"] for account in accounts]))
        found = await each_of(requests, send)
    let_in = [
        (request, outcome)
        for request, outcome in zip(requests, found, strict=True)
        if outcome[0] not in {400, 401}
    ]
    assert not let_in, let_in[:10]
    assert len(found) > 100


def queries() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield requests that have an operator in each place that is a text."""
    for method in methods():
        if is_internal(method) or method.server_streaming or method.name in NOT_TRIED:
            continue
        for verb, path, has_body in requests_of(method):
            if has_body:
                continue
            for text in TEXTS:
                for value in VARIABLES.values():
                    if value in path:
                        yield verb, path.replace(value, quoted(text)), {}
                for field in texts_of(method):
                    yield verb, path, {field: text}


def quoted(text: str) -> str:
    # Encoded by hand: an address is normalised otherwise, and `\\` becomes `/`.
    return "".join(f"%{byte:02X}" for byte in text.encode())


async def test_operators_find_nothing(stored: Doors) -> None:
    headers = dict(await stored.metadata("admin"))
    async with aiohttp.ClientSession(stored.mesh.http, headers=headers) as session:

        async def send(request: tuple[str, str, dict[str, str]]) -> tuple[int, str]:
            verb, path, query = request
            pairs = "&".join(f"{name}={quoted(text)}" for name, text in query.items())
            url = URL(f"{path}?{pairs}", encoded=True)
            async with session.request(verb, url) as response:
                return response.status, await response.text()

        requests = list(queries())
        found = await each_of(requests, send)
    answered = [
        (request, outcome)
        for request, outcome in zip(requests, found, strict=True)
        if outcome[0] not in {400, 404} and not _is_search(request, outcome)
    ]
    assert not answered, answered[:10]
    assert len(found) > 300


def _is_search(request: tuple[str, str, dict[str, str]], outcome: tuple[int, str]) -> bool:
    """Say whether a text was looked for as it stands: it is in all that was found."""
    text = request[2].get(SEARCHED_FOR)
    if text is None or outcome[0] != 200:
        return False
    records = json.loads(outcome[1])["logs"]
    return all(text in "\n".join([each["event"], *each["fields"].values()]) for each in records)


async def test_what_looks_like_an_operator_is_kept_as_the_text_that_it_is(stored: Doors) -> None:
    async with aiohttp.ClientSession(stored.mesh.http) as session:
        for text in TEXTS:
            account = {
                "email": f"u{secrets.token_hex(6)}@example.com",
                "password": f"{text} and more",
                "name": text,
            }
            await answer(session.post("/api/auth/register", json=account))
            del account["name"]
            signed_in = await answer(session.post("/api/auth/login", json=account))
            assert signed_in["user"]["name"] == text
            for other in ("' OR '1'='1 and more", "% and more"):
                if other != account["password"]:
                    wrong = account | {"password": other}
                    async with session.post("/api/auth/login", json=wrong) as response:
                        assert response.status == 401
        headers = dict(bearing((await stored.log_in("admin"))["token"]))
        async with session.get("/api/auth/users", headers=headers) as response:
            assert response.status == 200
            assert len((await response.json())["users"]) >= len(TEXTS) + 2


async def test_no_operator_keeps_the_database_busy(stored: Doors) -> None:
    sleeping = [text for text in TEXTS if "sleep" in text]
    assert sleeping
    login = {"email": sleeping[0], "password": PASSWORD}
    timeout = aiohttp.ClientTimeout(total=SECONDS / 4)
    async with (
        aiohttp.ClientSession(stored.mesh.http, timeout=timeout) as session,
        session.post("/api/auth/login", json=login) as response,
    ):
        assert response.status == 401
