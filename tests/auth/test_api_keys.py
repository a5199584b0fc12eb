"""API keys: what programs of a user sign in with."""

import re
from collections.abc import Awaitable
from datetime import UTC, timedelta

import grpc
import jwt
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.auth.conftest import NOW, PASSWORD, Served, bearing
from tests.fixtures.grpc_loopback import refusal

from deltastream.auth.v1 import auth_service_pb2 as pb

INVALID = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")
DENIED = grpc.StatusCode.PERMISSION_DENIED


async def create(
    served: Served, token: str, *roles: str, expires_in: timedelta | None = None
) -> pb.CreateApiKeyResponse:
    request = pb.CreateApiKeyRequest(name="nightly", roles=roles)
    if expires_in is not None:
        lasts = Duration()
        lasts.FromTimedelta(expires_in)
        request.expires_in.CopyFrom(lasts)
    return await served.stub.CreateApiKey(request, metadata=bearing(token))


async def exchange(served: Served, secret: str) -> pb.ExchangeApiKeyResponse:
    return await served.stub.ExchangeApiKey(pb.ExchangeApiKeyRequest(api_key=secret))


async def listed(served: Served, token: str) -> list[pb.ApiKey]:
    answer = await served.stub.ListApiKeys(pb.ListApiKeysRequest(), metadata=bearing(token))
    return list(answer.api_keys)


def claims_of(token: str) -> dict[str, object]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


async def test_a_key_is_exchanged_for_access_tokens(served: Served) -> None:
    owner = await served.register()
    made = await create(served, owner.token)
    assert re.fullmatch(f"ds_{made.api_key.id}_[0-9a-f]{{64}}", made.secret)
    assert list(made.api_key.roles) == ["reader"]
    answer = await exchange(served, made.secret)
    assert answer.user == owner.user
    claims = claims_of(answer.token)
    assert claims["sid"] == f"key/{made.api_key.id}"
    assert claims["roles"] == ["reader"]
    await served.verify(answer.token)
    await served.stub.GetUser(pb.GetUserRequest(), metadata=bearing(answer.token))


async def test_the_store_holds_no_key(served: Served) -> None:
    made = await create(served, (await served.register()).token)
    key = await served.database.api_keys.by_id(made.api_key.id)
    assert key is not None
    assert made.secret.split("_")[2] not in key.secret_digest.hex()
    assert "digest" not in repr(key)


async def test_keys_are_listed_newest_first_with_when_they_were_used(served: Served) -> None:
    owner = (await served.register()).token
    first = await create(served, owner)
    served.clock.pass_by(seconds=1)
    second = await create(served, owner, expires_in=timedelta(days=1))
    served.clock.pass_by(minutes=2, seconds=30)
    await exchange(served, first.secret)
    newest, oldest = await listed(served, owner)
    assert newest == second.api_key
    assert oldest.id == first.api_key.id
    assert oldest.last_used_at.ToDatetime(tzinfo=UTC) == NOW + timedelta(minutes=2)
    assert not newest.HasField("last_used_at")
    assert not oldest.HasField("expires_at")
    assert newest.expires_at.ToDatetime(tzinfo=UTC) == NOW + timedelta(days=1, seconds=1)


async def test_a_key_ends_at_its_time_and_so_do_its_tokens(served: Served) -> None:
    owner = (await served.register()).token
    made = await create(served, owner, expires_in=timedelta(seconds=90))
    answer = await exchange(served, made.secret)
    assert answer.expires_at.ToDatetime(tzinfo=UTC) == NOW + timedelta(seconds=90)
    served.clock.pass_by(seconds=90)
    assert await refusal(exchange(served, made.secret)) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "TOKEN_EXPIRED",
    )


async def test_a_deleted_key_and_its_tokens_are_refused(served: Served) -> None:
    owner = (await served.register()).token
    made = await create(served, owner)
    token = (await exchange(served, made.secret)).token
    await served.stub.DeleteApiKey(
        pb.DeleteApiKeyRequest(id=made.api_key.id), metadata=bearing(owner)
    )
    assert await refusal(exchange(served, made.secret)) == INVALID
    assert await refusal(served.verify(token)) == INVALID
    assert await listed(served, owner) == []
    assert (await served.revoked()).keys() == {f"key/{made.api_key.id}"}
    again = served.stub.DeleteApiKey(
        pb.DeleteApiKeyRequest(id=made.api_key.id), metadata=bearing(owner)
    )
    assert await refusal(again) == (grpc.StatusCode.NOT_FOUND, "API_KEY_NOT_FOUND")


async def test_a_key_of_another_account_is_not_found(served: Served) -> None:
    made = await create(served, (await served.register()).token)
    eve = (await served.register("eve@example.com")).token
    call = served.stub.DeleteApiKey(
        pb.DeleteApiKeyRequest(id=made.api_key.id), metadata=bearing(eve)
    )
    assert await refusal(call) == (grpc.StatusCode.NOT_FOUND, "API_KEY_NOT_FOUND")
    assert await listed(served, eve) == []
    await exchange(served, made.secret)


async def test_an_account_has_at_most_a_hundred(served: Served) -> None:
    owner = (await served.register()).token
    keys = [await create(served, owner) for _ in range(100)]
    assert await refusal(create(served, owner)) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "TOO_MANY_API_KEYS",
    )
    assert len(await listed(served, owner)) == 100
    await served.stub.DeleteApiKey(
        pb.DeleteApiKeyRequest(id=keys[0].api_key.id), metadata=bearing(owner)
    )
    await create(served, owner)


async def test_a_key_allows_no_more_than_its_maker(served: Served) -> None:
    reader = (await served.register()).token
    assert await refusal(create(served, reader, "admin")) == (DENIED, "ROLE_INSUFFICIENT")
    admin = (await served.admin()).token
    made = await create(served, admin, "admin")
    token = (await exchange(served, made.secret)).token
    assert claims_of(token)["roles"] == ["reader", "admin"]
    await served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(token))


async def test_a_key_allows_no_more_than_its_owner_does_now(served: Served) -> None:
    admin = await served.admin()
    other = await served.admin("other@example.com")
    made = await create(served, admin.token, "admin")
    token = (await exchange(served, made.secret)).token
    served.clock.pass_by(seconds=1)
    await served.stub.SetRoles(
        pb.SetRolesRequest(user_id=admin.user.id, roles=["reader"]), metadata=bearing(other.token)
    )
    assert await refusal(served.verify(token)) == INVALID
    served.clock.pass_by(seconds=1)
    fresh = (await exchange(served, made.secret)).token
    assert claims_of(fresh)["roles"] == ["reader"]
    call = served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(fresh))
    assert await refusal(call) == (DENIED, "ROLE_INSUFFICIENT")


async def test_a_key_for_reading_does_not_make_its_owner_an_administrator(served: Served) -> None:
    admin = await served.admin()
    made = await create(served, admin.token, "reader")
    token = (await exchange(served, made.secret)).token
    call = served.stub.ListUsers(pb.ListUsersRequest(), metadata=bearing(token))
    assert await refusal(call) == (DENIED, "ROLE_INSUFFICIENT")


async def test_a_key_manages_no_account(served: Served) -> None:
    owner = await served.register()
    made = await create(served, owner.token)
    metadata = bearing((await exchange(served, made.secret)).token)
    password = pb.ChangePasswordRequest(current_password=PASSWORD, new_password="better horse")  # noqa: S106 - it opens nothing
    calls: list[Awaitable[object]] = [
        served.stub.CreateApiKey(pb.CreateApiKeyRequest(name="x"), metadata=metadata),
        served.stub.DeleteApiKey(pb.DeleteApiKeyRequest(id=made.api_key.id), metadata=metadata),
        served.stub.EndSessions(pb.EndSessionsRequest(), metadata=metadata),
        served.stub.ChangePassword(password, metadata=metadata),
    ]
    for call in calls:
        assert await refusal(call) == (DENIED, "SESSION_REQUIRED")
    await served.refresh(owner.refresh_token)
    await exchange(served, made.secret)


async def test_a_key_outlives_sessions(served: Served) -> None:
    owner = (await served.register()).token
    made = await create(served, owner)
    await served.stub.EndSessions(pb.EndSessionsRequest(), metadata=bearing(owner))
    await exchange(served, made.secret)


@pytest.mark.parametrize("times", [59, 315360001])
async def test_a_key_lasts_a_minute_to_ten_years(served: Served, times: int) -> None:
    owner = (await served.register()).token
    call = create(served, owner, expires_in=timedelta(seconds=times))
    assert await refusal(call) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")


async def test_what_is_no_key_is_refused(served: Served) -> None:
    secret = (await create(served, (await served.register()).token)).secret
    prefix, identifier, rest = secret.split("_")
    wrong = [
        secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        f"{prefix}_{'0' * 16}_{rest}",
        secret.upper(),
        secret + "0",
        secret + "\n",
        f"{prefix}_{identifier}_",
        "ds__",
        "x",
        "é" * 80,
        "$ne",
    ]
    for text in wrong:
        assert await refusal(exchange(served, text)) == INVALID, text
    await exchange(served, secret)
