"""What is somebody's own: nobody else sees, changes or ends it, whatever their role.

The methods are read from the contract: one that is added and is about its caller has to be tried
here too.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import grpc
import pytest
from google.protobuf.message import Message
from tests.fixtures.grpc_loopback import reason_of
from tests.security.access_rules import methods
from tests.security.doors import IN_THE_SUITE, PASSWORD, SECONDS, Doors, answer, bearing
from yarl import URL

from deltastream.access.v1 import access_pb2
from deltastream.auth.v1 import auth_service_pb2 as pb

pytestmark = IN_THE_SUITE

SERVICE: Final = "/deltastream.auth.v1.AuthService/"
NEW_PASSWORD: Final = "another horse battery"  # noqa: S105 - a test's


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Somebody with an account, a session and an API key."""

    id: str
    name: str
    token: str
    refresh_token: str
    key_id: str
    key: str

    @property
    def session_id(self) -> str:
        return self.refresh_token.split("_")[1]


# In this order: the later ones end the session that they are called in.
ABOUT_THEIR_CALLER: Final[Mapping[str, Callable[[Owner], Message]]] = {
    "GetUser": lambda _: pb.GetUserRequest(),
    "ListApiKeys": lambda _: pb.ListApiKeysRequest(),
    "CreateApiKey": lambda _: pb.CreateApiKeyRequest(name="a stranger's"),
    "DeleteApiKey": lambda owner: pb.DeleteApiKeyRequest(id=owner.key_id),
    "EndSessions": lambda _: pb.EndSessionsRequest(),
    "ChangePassword": lambda _: pb.ChangePasswordRequest(
        current_password=PASSWORD, new_password=NEW_PASSWORD
    ),
}
ABOUT_OTHERS: Final[Mapping[str, Callable[[Owner], Message]]] = {
    "ListUsers": lambda _: pb.ListUsersRequest(),
    "SetRoles": lambda owner: pb.SetRolesRequest(user_id=owner.id, roles=["reader", "admin"]),
}
NOT_FOUND: Final = (grpc.StatusCode.NOT_FOUND, "API_KEY_NOT_FOUND")
NO_ACCOUNT: Final = (grpc.StatusCode.PERMISSION_DENIED, "ACCOUNT_REQUIRED")
NO_SESSION: Final = (grpc.StatusCode.PERMISSION_DENIED, "SESSION_REQUIRED")
NO_ADMIN: Final = (grpc.StatusCode.PERMISSION_DENIED, "ROLE_INSUFFICIENT")
DONE: Final = (grpc.StatusCode.OK, "")
# What becomes of a call, for each who is not the owner.
OUTCOMES: Final[Mapping[str, Mapping[str, tuple[grpc.StatusCode, str]]]] = {
    "reader": {"DeleteApiKey": NOT_FOUND, "ListUsers": NO_ADMIN, "SetRoles": NO_ADMIN},
    "admin": {"DeleteApiKey": NOT_FOUND},
    "program": dict.fromkeys(
        ("CreateApiKey", "DeleteApiKey", "EndSessions", "ChangePassword"), NO_SESSION
    )
    | dict.fromkeys(ABOUT_OTHERS, NO_ADMIN),
    "service": dict.fromkeys(ABOUT_THEIR_CALLER, NO_ACCOUNT)
    | dict.fromkeys(ABOUT_OTHERS, NO_ADMIN),
}


async def somebody(doors: Doors) -> Owner:
    """Register somebody, and make them a key."""
    name = f"u{secrets.token_hex(6)}"
    account = await doors.register(name)
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        made = await answer(
            session.post(
                "/api/auth/api-keys",
                json={"name": "mine"},
                headers=dict(bearing(account["token"])),
            )
        )
    return Owner(
        id=account["user"]["id"],
        name=name,
        token=account["token"],
        refresh_token=account["refresh_token"],
        key_id=made["api_key"]["id"],
        key=made["secret"],
    )


async def ask(
    channel: grpc.aio.Channel, name: str, request: Message, token: str
) -> tuple[tuple[grpc.StatusCode, str], bytes]:
    """Call a method of auth, and return what becomes of it and the answer."""
    method: Any = channel.unary_unary(SERVICE + name)
    call = method(request.SerializeToString(), metadata=bearing(token), timeout=SECONDS)
    try:
        return DONE, await call
    except grpc.aio.AioRpcError as error:
        return (error.code(), reason_of(error)), b""


async def stranger(doors: Doors, role: str) -> str:
    """Return the token of somebody else."""
    if role == "service":
        return doors.tokens["service"]
    other = await somebody(doors)
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        if role == "program":
            exchange = session.post("/api/auth/token", json={"api_key": other.key})
            return str((await answer(exchange))["token"])
        if role == "admin":
            operator = doors.authority.token("admin", subject="operator", session=None)
            roles = session.put(
                f"/api/auth/users/{other.id}/roles",
                json={"roles": ["reader", "admin"]},
                headers=dict(bearing(operator)),
            )
            await answer(roles)
    return str((await doors.log_in(other.name))["token"])


async def untouched(doors: Doors, owner: Owner) -> None:
    """See that everything of an owner is as it was."""
    mine = dict(bearing(owner.token))
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        me = await answer(session.get("/api/auth/me", headers=mine))
        assert (me["user"]["id"], me["user"]["roles"]) == (owner.id, ["reader"])
        keys = await answer(session.get("/api/auth/api-keys", headers=mine))
        assert [key["id"] for key in keys["api_keys"]] == [owner.key_id]
        exchanged = session.post("/api/auth/token", json={"api_key": owner.key})
        assert (await answer(exchanged))["user"]["id"] == owner.id
        await doors.log_in(owner.name)
        refresh = {"refresh_token": owner.refresh_token}
        renewed = await answer(session.post("/api/auth/refresh", json=refresh))
        assert renewed["user"]["id"] == owner.id


async def test_every_method_about_accounts_is_tried_here() -> None:
    auth = {m.name: m for m in methods() if m.containing_service.name == "AuthService"}
    roles = {
        name: method.GetOptions().Extensions[access_pb2.rule].role for name, method in auth.items()
    }
    assert {n for n, role in roles.items() if role == access_pb2.ROLE_READER} == set(
        ABOUT_THEIR_CALLER
    )
    assert {n for n, role in roles.items() if role == access_pb2.ROLE_ADMIN} == set(ABOUT_OTHERS)


@pytest.mark.parametrize("door", ["auth", "public"])
@pytest.mark.parametrize("role", ["reader", "program", "service", "admin"])
async def test_nobody_else_gets_at_what_is_an_owners(doors: Doors, role: str, door: str) -> None:
    owner = await somebody(doors)
    token = await stranger(doors, role)
    tried = dict(ABOUT_THEIR_CALLER)
    if role != "admin":
        tried = {**ABOUT_OTHERS, **tried}
    found = {}
    async with grpc.aio.insecure_channel(doors.mesh.grpc[door]) as channel:
        for name, make in tried.items():
            found[name], said = await ask(channel, name, make(owner), token)
            for secret in (owner.id, owner.key_id, owner.name):
                assert secret.encode() not in said, name
            if (name, found[name]) == ("EndSessions", DONE):
                # It ended the caller's own session: whoever goes on has to log in anew.
                token = await stranger(doors, role)
    assert found == {name: OUTCOMES[role].get(name, DONE) for name in tried}
    await untouched(doors, owner)


async def test_no_id_that_is_guessed_or_altered_is_anothers_key(doors: Doors) -> None:
    owner, other = await somebody(doors), await somebody(doors)
    guessed = [
        owner.key_id,
        owner.key_id.upper(),
        f"ds_{owner.key_id}",
        f"{other.key_id},{owner.key_id}",
        f" {owner.key_id}",
        owner.key_id[:-1],
        f"{int(owner.key_id, 16) ^ 1:016x}",
        "0" * 16,
        "*",
        "%",
        "$ne",
        "..",
        owner.key,
    ]
    headers = dict(bearing(other.token))
    async with aiohttp.ClientSession(doors.mesh.http, headers=headers) as session:
        for key_id in guessed:
            url = URL(doors.mesh.http).joinpath("api/auth/api-keys", key_id)
            async with session.delete(url) as response:
                assert response.status in {400, 404, 405}, key_id
    async with grpc.aio.insecure_channel(doors.public) as channel:
        for key_id in (*guessed, "", "\0", "a" * 10_000):
            request = pb.DeleteApiKeyRequest(id=key_id)
            (code, _), _ = await ask(channel, "DeleteApiKey", request, other.token)
            assert code in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT}, key_id
    await untouched(doors, owner)


async def test_who_knows_a_sessions_name_cannot_end_or_take_it(doors: Doors) -> None:
    owner, other = await somebody(doors), await somebody(doors)
    family, secret = owner.refresh_token.split("_")[2:]
    invented = [
        f"dsr_{owner.session_id}_{'0' * 32}_{'0' * 64}",
        f"dsr_{owner.session_id}_{'0' * 32}_{secret}",
        f"dsr_{other.session_id}_{family}_{secret}",
        owner.session_id,
        f"session/{owner.session_id}",
    ]
    async with aiohttp.ClientSession(doors.mesh.http) as session:
        for text in invented:
            body = {"refresh_token": text}
            async with session.post("/api/auth/refresh", json=body) as response:
                assert response.status == 401, text
            # It says nothing about whether there was a session.
            async with session.post("/api/auth/logout", json=body) as response:
                assert response.status == 200, text
    for each in (owner, other):
        await untouched(doors, each)
