"""Sessions: refresh tokens are used once, and whoever uses an old one ends the session."""

import asyncio
import re

import grpc
import pytest
from structlog.testing import capture_logs
from tests.auth.conftest import PASSWORD, Served, bearing
from tests.fixtures.grpc_loopback import refusal

from deltastream.auth.sessions import MOST_SESSIONS
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.domain.errors import CredentialsInvalidError

INVALID = (grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID")
EXPIRED = (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")


async def refused(served: Served, refresh_token: str) -> tuple[grpc.StatusCode, str]:
    return await refusal(served.refresh(refresh_token))


async def test_a_refresh_token_is_exchanged_for_a_new_pair(served: Served) -> None:
    first = await served.register()
    served.clock.pass_by(minutes=9)
    second = await served.refresh(first.refresh_token)
    assert second.user == first.user
    assert second.refresh_token not in ("", first.refresh_token)
    assert second.expires_at.seconds == first.expires_at.seconds + 9 * 60
    served.clock.pass_by(minutes=9)
    await served.verify(second.token)
    third = await served.refresh(second.refresh_token)
    await served.verify(third.token)


async def test_a_session_goes_on_as_the_same_one(served: Served) -> None:
    first = await served.register()
    second = await served.refresh(first.refresh_token)
    sids = {await sid_of(served, each.token) for each in (first, second)}
    assert len(sids) == 1
    assert await sid_of(served, (await served.log_in()).token) not in sids


async def sid_of(served: Served, token: str) -> str:
    caller = await served.auth.callers.of(token)
    assert caller.principal.session.startswith("session/")
    return caller.principal.session


async def test_after_a_lost_reply_the_same_successor_is_given_again(served: Served) -> None:
    first = await served.register()
    lost = await served.refresh(first.refresh_token)
    served.clock.pass_by(seconds=10)
    again = await served.refresh(first.refresh_token)
    assert again.refresh_token == lost.refresh_token
    await served.verify(again.token)
    await served.refresh(again.refresh_token)


async def test_later_than_that_the_old_token_ends_the_session(served: Served) -> None:
    first = await served.register()
    second = await served.refresh(first.refresh_token)
    served.clock.pass_by(seconds=10, microseconds=1)
    with capture_logs() as logs:
        assert await refused(served, first.refresh_token) == INVALID
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == [
        "refresh_token_reused"
    ]
    assert await refused(served, second.refresh_token) == INVALID
    for each in (first, second):
        assert await refusal(served.verify(each.token)) == INVALID


async def test_an_older_token_ends_the_session_at_once(served: Served) -> None:
    first = await served.register()
    second = await served.refresh(first.refresh_token)
    third = await served.refresh(second.refresh_token)
    assert await refused(served, first.refresh_token) == INVALID
    assert await refused(served, second.refresh_token) == INVALID
    assert await refused(served, third.refresh_token) == INVALID


async def test_reuse_ends_no_other_session(served: Served) -> None:
    first = await served.register()
    other = await served.log_in()
    await served.refresh(first.refresh_token)
    served.clock.pass_by(minutes=1)
    assert await refused(served, first.refresh_token) == INVALID
    await served.verify(other.token)
    await served.refresh(other.refresh_token)


async def test_of_racing_refreshes_all_get_one_successor(served: Served) -> None:
    first = await served.register()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(served.refresh(first.refresh_token) for _ in range(20)))
    (successor,) = {each.refresh_token for each in answers}
    await served.refresh(successor)
    ended = await served.stub.EndSessions(
        pb.EndSessionsRequest(), metadata=bearing(answers[0].token)
    )
    assert ended.ended == 1


async def test_an_invented_token_ends_nothing(served: Served) -> None:
    genuine = (await served.register()).refresh_token
    prefix, session, family, secret = genuine.split("_")
    other = "0" * 31 + "1"
    invented = [
        f"{prefix}_{session}_{other}_{secret}",
        f"{prefix}_{session}_{other}_{'0' * 64}",
        f"{prefix}_{other}_{family}_{secret}",
        genuine.upper(),
        genuine + "\n",
        genuine[:-1],
        "x",
        "dsr_" + "é" * 32,
    ]
    for token in invented:
        assert await refused(served, token) == INVALID, token
        await served.stub.Logout(pb.LogoutRequest(refresh_token=token))
    await served.refresh(genuine)


async def test_a_wrong_secret_of_the_right_family_is_reuse(served: Served) -> None:
    genuine = (await served.register()).refresh_token
    assert await refused(served, genuine[:-64] + "0" * 64) == INVALID
    assert await refused(served, genuine) == INVALID


async def test_logging_out_ends_the_session_and_its_access_tokens(served: Served) -> None:
    first = await served.register()
    await served.stub.Logout(pb.LogoutRequest(refresh_token=first.refresh_token))
    assert await refused(served, first.refresh_token) == INVALID
    assert await refusal(served.verify(first.token)) == INVALID
    await served.stub.Logout(pb.LogoutRequest(refresh_token=first.refresh_token))


async def test_an_old_token_logs_out_too(served: Served) -> None:
    first = await served.register()
    second = await served.refresh(first.refresh_token)
    third = await served.refresh(second.refresh_token)
    served.clock.pass_by(hours=1)
    await served.stub.Logout(pb.LogoutRequest(refresh_token=first.refresh_token))
    assert await refused(served, third.refresh_token) == INVALID


async def test_a_session_ends_when_it_is_idle_for_thirty_days(served: Served) -> None:
    token = (await served.register()).refresh_token
    served.clock.pass_by(days=30, seconds=-1)
    token = (await served.refresh(token)).refresh_token
    served.clock.pass_by(days=30)
    assert await refused(served, token) == EXPIRED


async def test_a_session_ends_after_ninety_days_at_the_latest(served: Served) -> None:
    token = (await served.register()).refresh_token
    for _ in range(89):
        served.clock.pass_by(days=1)
        token = (await served.refresh(token)).refresh_token
    served.clock.pass_by(days=1)
    assert await refused(served, token) == EXPIRED


async def test_ending_all_sessions_counts_those_that_went_on(served: Served) -> None:
    first = await served.register()
    second, third = await served.log_in(), await served.log_in()
    await served.stub.Logout(pb.LogoutRequest(refresh_token=third.refresh_token))
    stranger = await served.register("eve@example.com")
    ended = await served.stub.EndSessions(pb.EndSessionsRequest(), metadata=bearing(first.token))
    assert ended.ended == 2
    for each in (first, second):
        assert await refused(served, each.refresh_token) == INVALID
        assert await refusal(served.verify(each.token)) == INVALID
    await served.refresh(stranger.refresh_token)
    await served.log_in()


async def test_what_ended_is_listed_as_revoked_while_tokens_of_it_could_live(
    served: Served,
) -> None:
    first = await served.register()
    sid = await sid_of(served, first.token)
    assert await served.revoked() == {}
    await served.stub.Logout(pb.LogoutRequest(refresh_token=first.refresh_token))
    revoked = await served.revoked()
    assert revoked.keys() == {sid}
    assert revoked[sid] > served.clock()
    assert revoked[sid].microsecond % 1000 == 0
    served.clock.pass_by(minutes=10)
    assert sid in await served.revoked()
    served.clock.pass_by(minutes=1, seconds=1)
    assert await served.revoked() == {}


async def test_the_store_holds_no_refresh_token(served: Served) -> None:
    first = await served.register()
    second = await served.refresh(first.refresh_token)
    session = await served.database.sessions.by_id(first.refresh_token.split("_")[1])
    assert session is not None
    kept = "".join(
        value.hex()
        for value in (session.family_digest, session.digest, session.previous_digest, session.salt)
        if value is not None
    )
    for token in (first.refresh_token, second.refresh_token):
        _, _, family, secret = token.split("_")
        assert family not in kept
        assert secret not in kept
    assert not re.search(r"digest|salt", repr(session))


async def change(
    served: Served, token: str, *, current: str = PASSWORD, new: str = "better horse"
) -> pb.ChangePasswordResponse:
    request = pb.ChangePasswordRequest(current_password=current, new_password=new)
    return await served.stub.ChangePassword(request, metadata=bearing(token))


async def test_a_changed_password_ends_all_sessions_and_begins_one(served: Served) -> None:
    first = await served.register()
    other = await served.log_in()
    answer = await change(served, first.token)
    for each in (first, other):
        assert await refused(served, each.refresh_token) == INVALID
        assert await refusal(served.verify(each.token)) == INVALID
    await served.verify(answer.token)
    await served.refresh(answer.refresh_token)
    assert await refusal(served.log_in()) == INVALID
    await served.log_in(password="better horse")  # noqa: S106 - it opens nothing


async def test_changing_needs_the_current_password(served: Served) -> None:
    first = await served.register()
    assert await refusal(change(served, first.token, current="wrong horse")) == INVALID
    await served.refresh(first.refresh_token)
    await served.log_in()


@pytest.mark.parametrize("new", ["short", "x" * 73, "é" * 37])
async def test_an_unusable_new_password_is_refused(served: Served, new: str) -> None:
    first = await served.register()
    assert await refusal(change(served, first.token, new=new)) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "VALIDATION_FAILED",
    )
    await served.verify(first.token)


async def test_of_two_changes_at_once_one_succeeds(served: Served) -> None:
    first = await served.register()
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(
            *(change(served, first.token, new=f"better horse {n}") for n in range(2)),
            return_exceptions=True,
        )
    done = [each for each in outcomes if isinstance(each, pb.ChangePasswordResponse)]
    assert len(done) == 1
    await served.refresh(done[0].refresh_token)


async def test_who_logged_in_with_a_password_that_was_just_changed_has_no_session(
    served: Served,
) -> None:
    user = await served.database.users.by_id((await served.register()).user.id)
    assert user is not None
    await served.auth.sessions.end_all(user.id)
    await served.database.users.set_password(user.id, b"new", instead_of=user.password_hash)
    with pytest.raises(CredentialsInvalidError):
        await served.auth.sign_ins.begin(user)
    assert await served.auth.sessions.end_all(user.id) == 0


async def test_an_account_has_at_most_fifty_sessions_and_the_oldest_ends(served: Served) -> None:
    first = await served.register()
    await served.register("bob@example.com")
    logins = []
    for _ in range(MOST_SESSIONS - 1):
        served.clock.pass_by(seconds=1)
        logins.append(await served.log_in())
    second = await served.refresh(first.refresh_token)
    newest = await served.log_in()
    assert await refused(served, second.refresh_token) == INVALID
    assert await refusal(served.verify(second.token)) == INVALID
    for each in (logins[0], newest):
        await served.verify(each.token)
    assert len(await served.revoked()) == 1
