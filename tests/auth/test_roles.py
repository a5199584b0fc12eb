"""What accounts, services and operators may do."""

import asyncio
from collections.abc import Awaitable

import grpc
import jwt
import pytest
from pydantic import SecretStr
from tests.auth.conftest import SECRET, Served, bearing
from tests.fixtures.grpc_loopback import refusal

from deltastream.auth.service_tokens import ServiceTokens
from deltastream.auth.signing_keys import SigningKeys
from deltastream.auth.tokens import AccessTokens
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.domain.errors import CredentialsInvalidError

DENIED = (grpc.StatusCode.PERMISSION_DENIED, "ROLE_INSUFFICIENT")
INVALID = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")


async def set_roles(served: Served, token: str, user_id: str, *roles: str) -> pb.SetRolesResponse:
    request = pb.SetRolesRequest(user_id=user_id, roles=roles)
    return await served.stub.SetRoles(request, metadata=bearing(token))


async def test_an_administrator_makes_another(served: Served) -> None:
    admin = await served.admin()
    ada = await served.register()
    served.clock.pass_by(seconds=1)
    answer = await set_roles(served, admin.token, ada.user.id, "admin", "reader")
    assert list(answer.user.roles) == ["reader", "admin"]
    assert answer.user.email == "ada@example.com"
    assert await refusal(served.verify(ada.token)) == INVALID
    fresh = await served.refresh(ada.refresh_token)
    assert list(fresh.user.roles) == ["reader", "admin"]
    await served.verify(fresh.token)
    await served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(fresh.token))


async def test_new_roles_revoke_what_was_issued_before(served: Served) -> None:
    admin = await served.admin()
    ada = await served.register()
    await set_roles(served, admin.token, ada.user.id, "reader", "admin")
    revoked = await served.revoked()
    (before,) = revoked.values()
    assert revoked.keys() == {f"user/{ada.user.id}"}
    issued = jwt.decode(ada.token, options={"verify_signature": False})["iat"]
    assert issued < before.timestamp()
    # In the same millisecond still: the clock has not moved.
    fresh = await served.refresh(ada.refresh_token)
    issued = jwt.decode(fresh.token, options={"verify_signature": False})["iat"]
    assert issued >= before.timestamp()
    await served.verify(fresh.token)


async def test_the_roles_that_somebody_has_already_revoke_nothing(served: Served) -> None:
    admin = await served.admin()
    ada = await served.register()
    answer = await set_roles(served, admin.token, ada.user.id, "reader")
    assert list(answer.user.roles) == ["reader"]
    assert await served.revoked() == {}
    await served.verify(ada.token)


async def test_the_last_administrator_stays_one(served: Served) -> None:
    admin = await served.admin()
    assert await refusal(set_roles(served, admin.token, admin.user.id, "reader")) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "LAST_ADMINISTRATOR",
    )
    await served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(admin.token))
    other = await served.admin("other@example.com")
    await set_roles(served, other.token, admin.user.id, "reader")


async def test_two_administrators_never_take_the_role_from_each_other(served: Served) -> None:
    one, two = await served.admin("one@example.com"), await served.admin("two@example.com")
    async with asyncio.timeout(20):
        await asyncio.gather(
            set_roles(served, one.token, two.user.id, "reader"),
            set_roles(served, two.token, one.user.id, "reader"),
            return_exceptions=True,
        )
    page = await served.database.users.page(after="", size=10)
    assert sum("admin" in user.roles for user in page) >= 1


async def test_an_unknown_account_has_no_roles(served: Served) -> None:
    admin = await served.admin()
    assert await refusal(set_roles(served, admin.token, "nobody", "reader")) == (
        grpc.StatusCode.NOT_FOUND,
        "USER_NOT_FOUND",
    )


async def test_accounts_are_listed_by_address_page_by_page(served: Served) -> None:
    admin = (await served.admin("m@example.com")).token
    for letter in "zcaxb":
        await served.register(f"{letter}@example.com")
    seen, token, pages = [], "", 0
    while True:
        request = pb.ListUsersRequest(page_size=2, page_token=token)
        page = await served.stub.ListUsers(request, metadata=bearing(admin))
        seen += [user.email[0] for user in page.users]
        token, pages = page.next_page_token, pages + 1
        if not token:
            break
    assert "".join(seen) == "abcmxz"
    assert pages == 3


@pytest.mark.parametrize("token", ["x", "e30", "WyJ1c2VycyIsIDFd", "é", "[" * 300, "\0"])
async def test_an_altered_page_token_is_refused(served: Served, token: str) -> None:
    admin = (await served.admin()).token
    call = served.stub.ListUsers(pb.ListUsersRequest(page_token=token), metadata=bearing(admin))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")


async def test_readers_and_services_administer_nothing(served: Served) -> None:
    reader = await served.register()
    for token in (reader.token, await served.service()):
        users = served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(token))
        assert await refusal(users) == DENIED
        assert await refusal(set_roles(served, token, reader.user.id, "admin")) == DENIED
    assert await refusal(served.stub.ListUsers(pb.ListUsersRequest())) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "CREDENTIALS_MISSING",
    )


async def test_revocations_are_for_services_alone(served: Served) -> None:
    for token in ((await served.register()).token, (await served.admin()).token):
        call = served.stub.ListRevocations(pb.ListRevocationsRequest(), metadata=bearing(token))
        assert await refusal(call) == DENIED


async def test_a_service_token_lasts_ten_minutes(served: Served) -> None:
    token = await served.service("storage")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == "service/storage"
    assert claims["roles"] == ["service"]
    assert claims["exp"] - claims["iat"] == 600
    assert "sid" not in claims
    assert (await served.verify(token)).user.id == "service/storage"
    served.clock.pass_by(minutes=10)
    assert await refusal(served.verify(token)) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "TOKEN_EXPIRED",
    )


async def test_a_service_has_no_account(served: Served) -> None:
    metadata = bearing(await served.service())
    calls: list[Awaitable[object]] = [
        served.stub.GetUser(pb.GetUserRequest(), metadata=metadata),
        served.stub.EndSessions(pb.EndSessionsRequest(), metadata=metadata),
        served.stub.ListApiKeys(pb.ListApiKeysRequest(), metadata=metadata),
        served.stub.CreateApiKey(pb.CreateApiKeyRequest(name="x"), metadata=metadata),
    ]
    for call in calls:
        assert await refusal(call) == (grpc.StatusCode.PERMISSION_DENIED, "ACCOUNT_REQUIRED")


@pytest.mark.parametrize("secret", [SECRET + "x", SECRET[:-1], "é", "x" * 4096])
async def test_a_wrong_service_secret_is_refused(served: Served, secret: str) -> None:
    call = served.stub.IssueServiceToken(pb.IssueServiceTokenRequest(service="edge", secret=secret))
    assert await refusal(call) == INVALID


def test_an_empty_service_secret_opens_nothing(served: Served) -> None:
    keys: SigningKeys = served.auth.keys
    tokens = AccessTokens(
        keys=keys, lifetime=served.auth.sessions._lifetime.idle, clock=served.clock
    )
    nobody = ServiceTokens(secret=SecretStr(""), tokens=tokens)
    for secret in ("", "x"):
        with pytest.raises(CredentialsInvalidError):
            nobody.issue("edge", secret)


async def test_an_operator_administers_without_an_account(served: Served) -> None:
    token = served.auth.service_tokens._tokens.issue("operator", ("admin",)).text
    await served.register()
    page = await served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(token))
    assert [user.email for user in page.users] == ["ada@example.com"]
    me = served.stub.GetUser(pb.GetUserRequest(), metadata=bearing(token))
    assert await refusal(me) == (grpc.StatusCode.PERMISSION_DENIED, "ACCOUNT_REQUIRED")
