"""Who may connect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import socketio
from tests.edge.sockets_mesh import (
    DEADLINE,
    GOOD_TOKEN,
    Listener,
    Mesh,
    listening,
    principal,
    running_mesh,
    tick,
    ticks,
)
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import (
    CredentialsInvalidError,
    DependencyUnavailableError,
    TokenExpiredError,
)
from deltastream.edge.sockets.limits import SocketLimits
from deltastream.runtime.identity.principal import Principal

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "polling"])


async def refusal(mesh: Mesh, auth: Any, transport: str = "websocket") -> dict[str, Any]:
    """Connect, expect to be refused, and return the refusal's data."""
    client = socketio.AsyncClient(reconnection=False)
    refused: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    client.on("connect_error", refused.put_nowait)
    events: list[str] = []
    client.on("*", lambda event, *_: events.append(event))
    try:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(mesh.url, auth=auth, transports=[transport], wait_timeout=DEADLINE)
        async with asyncio.timeout(DEADLINE):
            error = await refused.get()
    finally:
        await client.disconnect()
    assert events == []
    assert error["message"] == error["data"]["message"]
    data: dict[str, Any] = error["data"]
    return data


@TRANSPORTS
async def test_a_valid_token_is_admitted(transport: str) -> None:
    async with (
        running_mesh(allow_anonymous=False) as mesh,
        listening(mesh, transport=transport, auth={"token": GOOD_TOKEN}) as client,
    ):
        assert (await client.call("get_products"))["ok"]


@TRANSPORTS
async def test_without_a_token_nobody_is_admitted_unless_allowed(transport: str) -> None:
    async with running_mesh(allow_anonymous=False) as mesh:
        refused = await refusal(mesh, None, transport)
        assert refused["reason"] == "CREDENTIALS_MISSING"


@TRANSPORTS
@pytest.mark.parametrize("allow_anonymous", [True, False])
async def test_an_invalid_token_is_refused_even_where_none_is_needed(
    transport: str, *, allow_anonymous: bool
) -> None:
    async with running_mesh(allow_anonymous=allow_anonymous) as mesh:
        refused = await refusal(mesh, {"token": "forged"}, transport)
        assert refused["reason"] == "CREDENTIALS_INVALID"


@pytest.mark.parametrize("auth", [{"token": None}, {"tokens": "x"}])
async def test_an_auth_payload_without_a_token_is_anonymous(auth: Any) -> None:
    async with running_mesh() as mesh, listening(mesh, auth=auth) as client:
        assert (await client.call("get_products"))["ok"]


@pytest.mark.parametrize(
    "auth", ["good", [GOOD_TOKEN], {"token": 5}, {"token": [GOOD_TOKEN]}, {"token": "x" * 9000}]
)
async def test_a_malformed_auth_payload_is_refused(auth: Any) -> None:
    async with running_mesh() as mesh:
        assert (await refusal(mesh, auth))["reason"] == "MALFORMED_REQUEST"


async def test_an_empty_token_is_an_invalid_one() -> None:
    async with running_mesh() as mesh:
        assert (await refusal(mesh, {"token": ""}))["reason"] == "CREDENTIALS_INVALID"


async def test_a_token_that_cannot_be_checked_is_refused_as_that() -> None:
    async def away(_: str) -> Principal:
        raise DependencyUnavailableError("auth")

    async with running_mesh(authenticate=away) as mesh:
        assert (await refusal(mesh, {"token": "t"}))["reason"] == "DEPENDENCY_UNAVAILABLE"


async def test_a_token_that_has_expired_is_refused_as_that() -> None:
    async def expired(_: str) -> Principal:
        raise TokenExpiredError

    async with running_mesh(authenticate=expired) as mesh:
        assert await refusal(mesh, {"token": "t"}) == {
            "reason": "TOKEN_EXPIRED",
            "message": "the token has expired; log in again",
        }


async def test_a_fault_of_the_authenticator_is_refused_without_its_details() -> None:
    async def broken(_: str) -> Principal:
        raise KeyError("secret")

    async with running_mesh(authenticate=broken) as mesh:
        refused = await refusal(mesh, {"token": "t"})
        assert refused["reason"] == "INTERNAL"
        assert "secret" not in str(refused)


async def test_a_client_that_leaves_while_it_is_being_admitted_is_forgotten() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hesitating(_: str) -> Principal:
        asked.set()
        await answer.wait()
        return principal()

    async with (
        running_mesh(authenticate=hesitating) as mesh,
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
        asyncio.timeout(DEADLINE),
        asyncio.TaskGroup() as group,
    ):
        opened = await session.get("?EIO=4&transport=polling")
        sid = (await opened.text()).split('"')[3]
        polling = f"?EIO=4&transport=polling&sid={sid}"
        admission = group.create_task(_post(session, polling, '40{"token":"t"}'))
        await asked.wait()
        await _post(session, polling, "1")
        answer.set()
        await admission
        assert mesh.gateway._server._server.manager.rooms == {}
        assert mesh.gateway._audience._count == 0
        assert mesh.gateway._server._sessions._admitted == {}  # type: ignore[attr-defined]


async def _post(session: aiohttp.ClientSession, query: str, body: str) -> None:
    async with session.post(query, data=body) as response:
        assert response.status == 200


async def test_a_refused_client_receives_no_data() -> None:
    async with running_mesh(allow_anonymous=False) as mesh:
        await refusal(mesh, {"token": "forged"})
        assert (mesh.ticks.count, mesh.chains.count) == (0, 0)


# Sessions are looked after twice as often as they are given to close.
QUICK = SocketLimits(close_seconds=0.1)
KEY = "key-of-ada"


def living(seconds: dict[str, float]) -> Callable[[str], Awaitable[Principal]]:
    """Return what knows some tokens, and how long each has to live."""

    async def authenticate(token: str) -> Principal:
        if token not in seconds:
            raise CredentialsInvalidError("the token is not valid")
        return principal(token.partition("-")[0], seconds=seconds[token])

    return authenticate


async def sent_away(client: Listener) -> Any:
    """Return why a client is sent away, once it has been."""
    gone = asyncio.Event()
    client.client.on("disconnect", gone.set)
    reason = await client.until("error")
    async with asyncio.timeout(DEADLINE):
        await gone.wait()
    return reason


@TRANSPORTS
async def test_who_sends_no_newer_token_is_sent_away_when_the_first_ends(transport: str) -> None:
    async with (
        running_mesh(authenticate=living({"ada-1": 0.5}), limits=QUICK) as mesh,
        listening(mesh, transport=transport, auth={"token": "ada-1"}) as client,
    ):
        assert (await sent_away(client))["reason"] == "TOKEN_EXPIRED"
        assert mesh.gateway._audience._count == 0


async def test_who_sends_a_newer_token_stays() -> None:
    async with (
        running_mesh(authenticate=living({"ada-1": 0.5, "ada-2": 600.0}), limits=QUICK) as mesh,
        listening(mesh, auth={"token": "ada-1"}) as client,
    ):
        ack = await client.call("authenticate", {"token": "ada-2"})
        assert ack["ok"]
        ends = datetime.fromisoformat(ack["expires_at"])
        assert 590 < (ends - datetime.now(tz=UTC)).total_seconds() <= 600
        await asyncio.sleep(0.8)  # longer than the first token lives: nothing is to happen
        await client.silence()


async def test_the_greeting_says_when_the_token_ends() -> None:
    async with running_mesh() as mesh:
        listener = Listener()
        await listener.client.connect(mesh.url, auth={"token": GOOD_TOKEN})
        try:
            greeting = await listener.next_of("connected")
            assert datetime.fromisoformat(greeting["expires_at"]) > datetime.now(tz=UTC)
        finally:
            await listener.client.disconnect()


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [
        ({"token": "forged"}, "CREDENTIALS_INVALID"),
        ({"token": "bob-1"}, "CREDENTIALS_INVALID"),
        ({"token": None}, "MALFORMED_REQUEST"),
        ({}, "MALFORMED_REQUEST"),
        ({"token": 5}, "MALFORMED_REQUEST"),
        ({"tokens": "ada-1"}, "UNKNOWN_FIELD"),
    ],
)
async def test_what_is_no_newer_token_changes_nothing(
    credentials: dict[str, Any], reason: str
) -> None:
    known = {"ada-1": 600.0, "bob-1": 600.0}
    async with (
        running_mesh(authenticate=living(known), limits=QUICK) as mesh,
        listening(mesh, auth={"token": "ada-1"}) as client,
    ):
        ack = await client.call("authenticate", credentials)
        assert (ack["ok"], ack["error"]["reason"]) == (False, reason)
        assert (await client.next_of("error"))["reason"] == reason
        await client.silence()


async def test_a_client_that_came_as_nobody_can_say_later_who_it_is() -> None:
    async with (
        running_mesh(authenticate=living({"ada-1": 0.5}), limits=QUICK) as mesh,
        listening(mesh) as client,
    ):
        assert (await client.call("authenticate", {"token": "ada-1"}))["ok"]
        assert (await sent_away(client))["reason"] == "TOKEN_EXPIRED"


async def test_whose_token_is_revoked_is_sent_away() -> None:
    async with (
        running_mesh(authenticate=living({"ada-1": 600.0, "bob-1": 600.0}), limits=QUICK) as mesh,
        listening(mesh, auth={"token": "ada-1"}) as ada,
        listening(mesh, auth={"token": "bob-1"}) as bob,
    ):
        mesh.judgement.revoked.add("ada")
        assert (await sent_away(ada))["reason"] == "CREDENTIALS_INVALID"
        await bob.silence()


async def test_who_polls_is_told_with_the_next_poll_and_nothing_that_came_later() -> None:
    unhurried = SocketLimits(close_seconds=5.0)
    tokens = {"ada-1": 600.0, "bob-1": 600.0}
    async with (
        running_mesh(authenticate=living(tokens), limits=unhurried) as mesh,
        listening(mesh, auth={"token": "bob-1"}) as bob,
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
    ):
        ticking = await mesh.ticking()
        polling = await _polling(session, "ada-1")
        mesh.judgement.revoked.add("ada")

        async def present() -> int:
            return mesh.gateway._audience._count

        await eventually(present, lambda count: count == 1)
        ticking.send(ticks(tick("NIFTY", 25_000.0, sequence=1)))
        await bob.next_of("underlying_update")
        told = await (await session.get(polling)).text()
        assert "CREDENTIALS_INVALID" in told
        assert "underlying_update" not in told
        assert (await session.get(polling)).status == 400


async def test_who_never_polls_again_is_not_waited_for() -> None:
    async with (
        running_mesh(authenticate=living({"ada-1": 600.0}), limits=QUICK) as mesh,
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
    ):
        await _polling(session, "ada-1")
        mesh.judgement.revoked.add("ada")

        async def open_sessions() -> list[str]:
            return mesh.gateway._server._engine.open()

        await eventually(open_sessions, lambda sessions: sessions == [])


async def _polling(session: aiohttp.ClientSession, token: str) -> str:
    """Connect by polling, and be between two polls; return what is polled."""
    opened = await (await session.get("?EIO=4&transport=polling")).text()
    sid = opened.split('"')[3]
    polling = f"?EIO=4&transport=polling&sid={sid}"
    await _post(session, polling, f'40{{"token":"{token}"}}')
    read = ""
    while "connected" not in read:
        read += await (await session.get(polling)).text()
    return polling


async def test_an_api_key_is_admitted_and_needs_nothing_more() -> None:
    tokens = {"ada-1": 0.5, "ada-2": 600.0}
    async with running_mesh(
        allow_anonymous=False, authenticate=living(tokens), limits=QUICK
    ) as mesh:
        mesh.judgement.keys[KEY] = "ada-1"
        async with listening(mesh, auth={"api_key": KEY}) as client:
            mesh.judgement.keys[KEY] = "ada-2"
            await asyncio.sleep(0.8)  # longer than its first token lives: nothing is to happen
            await client.silence()
            mesh.judgement.keys.clear()
            mesh.judgement.revoked.add("ada")
            assert (await sent_away(client))["reason"] == "CREDENTIALS_INVALID"


async def test_an_api_key_that_is_none_is_refused() -> None:
    async with running_mesh() as mesh:
        assert (await refusal(mesh, {"api_key": "made up"}))["reason"] == "CREDENTIALS_INVALID"
        both = await refusal(mesh, {"api_key": KEY, "token": GOOD_TOKEN})
        assert both["reason"] == "MALFORMED_REQUEST"


@asynccontextmanager
async def auth_hanging(**options: Any) -> AsyncIterator[tuple[Mesh, list[Listener]]]:
    """Run the gateway while it waits for auth to exchange the keys of some clients."""
    # Their tokens are so near their ends that the gateway gets newer ones.
    keys = {f"key-{number}": f"user{number}-1" for number in range(5)}
    tokens = {**dict.fromkeys(keys.values(), 50.0), "ada-1": 600.0}
    async with AsyncExitStack() as stack:
        mesh = await stack.enter_async_context(
            running_mesh(authenticate=living(tokens), limits=SocketLimits(**options))
        )
        mesh.judgement.keys.update(keys)
        clients = [
            await stack.enter_async_context(listening(mesh, auth={"api_key": key})) for key in keys
        ]
        mesh.judgement.exchanges.clear()
        await exchanging(mesh)
        yield mesh, clients


async def exchanging(mesh: Mesh) -> None:
    """Return when the gateway waits for a key to be exchanged."""

    async def waiting() -> int:
        return mesh.judgement.exchanging

    await eventually(waiting, lambda keys: keys > 0)


async def test_keys_that_auth_does_not_exchange_keep_nobody_here() -> None:
    async with auth_hanging(close_seconds=0.1) as (mesh, keyed):
        async with listening(mesh, auth={"token": "ada-1"}) as ada:
            mesh.judgement.revoked.add("ada")
            assert (await sent_away(ada))["reason"] == "CREDENTIALS_INVALID"
        assert not mesh.judgement.exchanges.is_set()
        mesh.judgement.exchanges.set()
        for client in keyed:
            await client.silence()


async def test_keys_that_auth_does_not_exchange_keep_no_session_that_is_never_admitted() -> None:
    async with (
        auth_hanging(close_seconds=0.1, connect_seconds=0.2) as (mesh, keyed),
        aiohttp.ClientSession(f"{mesh.url}/socket.io/") as session,
    ):
        assert (await session.get("?EIO=4&transport=polling")).status == 200

        async def open_sessions() -> int:
            return len(mesh.gateway._server._engine.open())

        await eventually(open_sessions, lambda sessions: sessions == len(keyed))
        assert not mesh.judgement.exchanges.is_set()


async def test_who_sends_newer_credentials_while_its_key_is_judged_stays() -> None:
    # The gateway looks after its clients when it starts, and then only as this test says.
    unhurried = SocketLimits(close_seconds=600.0)
    tokens = {"ada-1": 50.0, "ada-2": 600.0}
    async with running_mesh(authenticate=living(tokens), limits=unhurried) as mesh:
        mesh.judgement.keys = {"old": "ada-1", "new": "ada-2"}
        async with listening(mesh, auth={"api_key": "old"}) as client:
            mesh.judgement.exchanges.clear()
            mesh.judgement.revoked.add("ada")
            await mesh.gateway._server.sweep()
            await exchanging(mesh)
            mesh.judgement.revoked.clear()
            del mesh.judgement.keys["old"]
            mesh.judgement.exchanges.set()
            assert (await client.call("authenticate", {"api_key": "new"}))["ok"]
            await mesh.gateway._server.sweep()
            await client.silence()


async def test_a_key_is_not_judged_any_longer_when_its_client_has_gone() -> None:
    async with auth_hanging(close_seconds=0.1) as (mesh, _):
        pass
    assert mesh.judgement.exchanging == 0
