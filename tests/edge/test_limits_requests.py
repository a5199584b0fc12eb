"""Who asks too often over HTTP or Socket.IO is told so, and when to come back."""

import pytest
import socketio
from tests.edge.known_accounts import Known
from tests.edge.raw_socket import raw_socket
from tests.edge.sockets_mesh import GOOD_TOKEN, listening, running_mesh
from tests.edge.transcoder_mesh import json_of
from tests.edge.whole_edge import LOGIN, PRODUCTS, SOMEBODY, Client, limiter, whole_edge
from tests.fixtures.eventually import eventually
from tests.fixtures.token_authority import TokenAuthority

from deltastream.edge.limits.callers import Callers
from deltastream.edge.sockets.limits import SocketLimits

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
BEHIND_PROXY = Callers(trusted_hops=1)


async def statuses(
    client: Client, times: int, path: str = PRODUCTS, **options: object
) -> list[int]:
    found = []
    for _ in range(times):
        async with client.get(path, **options) as response:  # type: ignore[arg-type]
            found.append(response.status)
    return found


async def test_one_request_too_many_is_refused_with_a_time_to_retry() -> None:
    async with whole_edge(limiter=limiter(client=2)) as client:
        assert await statuses(client, 2) == [200, 200]
        async with client.get(PRODUCTS) as response:
            body = await json_of(response)
    assert response.status == 429
    assert response.headers["Retry-After"] == "1"
    assert body["details"][0]["reason"] == "RATE_LIMITED"
    assert body["details"][0]["metadata"] == {"limit": "60/minute"}


async def test_headers_tell_where_a_client_stands() -> None:
    async with whole_edge(limiter=limiter(client=3)) as client:
        async with client.get(PRODUCTS) as first:
            assert first.headers["RateLimit-Policy"] == '"client";q=3;w=3'
            assert first.headers["RateLimit"] == '"client";r=2;t=1'
        async with client.get("/no/such/path") as second:
            assert second.status == 404
            assert second.headers["RateLimit"] == '"client";r=1;t=2'


async def test_without_limits_nothing_is_told() -> None:
    async with whole_edge(limiter=limiter()) as client, client.get(PRODUCTS) as response:
        assert response.status == 200
        assert not [name for name in response.headers if name.startswith("RateLimit")]


async def test_every_client_address_has_requests_of_its_own() -> None:
    async with whole_edge(limiter=limiter(client=1), callers=BEHIND_PROXY) as client:
        one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        assert await statuses(client, 2, headers=one) == [200, 429]
        assert await statuses(client, 2, headers=other) == [200, 429]


async def test_an_account_is_limited_wherever_it_calls_from() -> None:
    authority = TokenAuthority()
    accounts = await Known(authority=authority).accounts()
    callers = Callers(trusted_hops=1, account_of=accounts.of)
    async with whole_edge(limiter=limiter(account=2), callers=callers) as client:
        for number, expected in enumerate([200, 200, 429]):
            token = authority.token("reader", session=f"session/{number}")
            headers = {"X-Forwarded-For": f"192.0.2.{number}", "Authorization": f"Bearer {token}"}
            assert await statuses(client, 1, headers=headers) == [expected]
        bob = authority.token("reader", subject="bob")
        assert await statuses(client, 1, headers={"Authorization": f"Bearer {bob}"}) == [200]
        assert await statuses(client, 1) == [200]


async def test_credentials_that_prove_nothing_spend_what_is_nobodys() -> None:
    authority = TokenAuthority()
    accounts = await Known(authority=authority).accounts()
    callers = Callers(account_of=accounts.of)
    forged = {"Authorization": f"Bearer {TokenAuthority().token('reader')}"}
    async with whole_edge(limiter=limiter(account=1), callers=callers) as client:
        # The limits refuse none of them: that is for the services to do.
        assert await statuses(client, 3, headers=forged) == [200] * 3
        genuine = {"Authorization": f"Bearer {authority.token('reader')}"}
        assert await statuses(client, 2, headers=genuine) == [200, 429]


async def test_who_is_refused_for_the_address_is_not_identified() -> None:
    asked: list[str | bytes | None] = []
    callers = Callers(account_of=lambda authorization, _: asked.append(authorization))
    async with whole_edge(limiter=limiter(client=1, account=9), callers=callers) as client:
        headers = {"Authorization": "Bearer ada"}
        assert await statuses(client, 3, headers=headers) == [200, 429, 429]
    assert asked == ["Bearer ada"]


@pytest.mark.parametrize(
    "path", [LOGIN, "/api/auth/register", "/api/auth/refresh", "/api/auth/token"]
)
async def test_methods_that_take_credentials_have_a_stricter_limit(path: str) -> None:
    async with whole_edge(limiter=limiter(client=100, credentials=2)) as client:
        for _ in range(2):
            async with client.post(path, json=SOMEBODY) as response:
                assert response.status != 429
        async with client.post(path, json=SOMEBODY) as response:
            assert response.status == 429
            assert '"credentials";r=0' in response.headers["RateLimit"]
        assert await statuses(client, 1) == [200], "other methods are not concerned"


async def test_health_is_never_refused() -> None:
    async with whole_edge(limiter=limiter(client=1)) as client:
        assert await statuses(client, 5, "/health") == [200] * 5


async def test_streams_and_files_are_counted_too() -> None:
    async with whole_edge(limiter=limiter(client=2)) as client:
        assert await statuses(client, 1, "/api/openapi.json") == [200]
        assert await statuses(client, 1, "/api/docs") == [200]
        assert await statuses(client, 1, "/api/stream/ticks") == [429]


async def test_events_of_a_socket_are_counted_with_the_requests_of_its_address() -> None:
    async with whole_edge(limiter=limiter(client=3)) as client:
        socket = socketio.AsyncClient(reconnection=False)
        await socket.connect(str(client.make_url("/")), transports=["websocket"])
        answers = [await socket.call("get_products", timeout=5) for _ in range(3)]
        await socket.disconnect()
    assert [answer["ok"] for answer in answers] == [True, True, False]
    assert answers[2]["error"]["reason"] == "RATE_LIMITED"


async def test_events_of_an_account_are_counted_together_whichever_socket_sends_them() -> None:
    async with (
        running_mesh(limiter=limiter(account=2)) as mesh,
        listening(mesh, auth={"token": GOOD_TOKEN}) as one,
        listening(mesh, auth={"token": GOOD_TOKEN}) as other,
        listening(mesh) as nobody,
    ):
        answers = [await each.call("get_products") for each in (one, other, one, nobody)]
    assert [answer["ok"] for answer in answers] == [True, True, False, True]
    assert answers[2]["error"]["reason"] == "RATE_LIMITED"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_one_address_can_have_so_many_sockets(transport: str) -> None:
    async with whole_edge(limits=SocketLimits(sockets_per_address=2)) as client:
        sockets = [socketio.AsyncClient(reconnection=False) for _ in range(2)]
        for socket in sockets:
            await socket.connect(str(client.make_url("/")), transports=[transport])
        async with client.get(HANDSHAKE) as response:
            assert response.status == 429
            body = await json_of(response)
            assert body["details"][0]["reason"] == "RATE_LIMITED"
        await sockets[0].disconnect()

        async def handshake() -> int:
            return (await statuses(client, 1, HANDSHAKE))[0]

        assert await eventually(handshake, (429).__ne__) == 200
        assert await handshake() == 429
        await sockets[1].disconnect()


async def test_a_session_that_never_connects_is_ended() -> None:
    async with (
        whole_edge(limits=SocketLimits(connect_seconds=0.2)) as client,
        raw_socket(str(client.make_url("/"))) as silent,
    ):
        assert silent.head.startswith("HTTP/1.1 101")
        await silent.wait_until_closed()
