"""Signing keys are replaced while tokens of the old and the new one are good."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from structlog.testing import capture_logs
from tests.auth.conftest import NOW, Served
from tests.fixtures.eventually import eventually
from tests.fixtures.grpc_loopback import refusal

from deltastream.auth.key_files import KeyFiles
from deltastream.auth.key_ring import KeyRing
from deltastream.auth.keys import SigningKeyError, read_key
from deltastream.auth.settings import AuthSettings
from deltastream.auth.signing_keys import SigningKeys
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.runtime.background import running

KEPT = timedelta(minutes=12)
SOON = timedelta(seconds=90)


@pytest.fixture
def files(settings: AuthSettings) -> KeyFiles:
    return settings.key_files


def kids(ring: KeyRing) -> list[str]:
    return [each.key.kid for each in ring.keys]


def published(ring: KeyRing, at: datetime) -> list[str]:
    return [key.kid for key in ring.published(at, kept=KEPT)]


def test_a_single_key_file_is_the_first_key(files: KeyFiles, ring: KeyRing) -> None:
    assert kids(ring) == [read_key(files.first).kid]
    assert ring.signing(NOW).kid == read_key(files.first).kid
    assert not files.folder.exists()


def test_a_new_key_is_published_before_it_signs(files: KeyFiles, ring: KeyRing) -> None:
    (old,) = kids(ring)
    new = files.add(signs_from=NOW + SOON).key.kid
    ring = files.load()
    assert kids(ring) == [old, new]
    assert published(ring, NOW) == [old, new]
    assert ring.signing(NOW + SOON - timedelta(seconds=1)).kid == old
    assert ring.signing(NOW + SOON).kid == new


def test_the_old_key_is_published_until_its_last_token_has_ended(
    files: KeyFiles, ring: KeyRing
) -> None:
    (old,) = kids(ring)
    new = files.add(signs_from=NOW).key.kid
    ring = files.load()
    assert published(ring, NOW + KEPT - timedelta(seconds=1)) == [old, new]
    assert published(ring, NOW + KEPT) == [new]
    assert ring.retired(NOW + KEPT, kept=KEPT) == {old}


def test_retired_keys_are_removed_and_none_is_made_instead(files: KeyFiles, ring: KeyRing) -> None:
    retired = kids(ring)
    new = files.add(signs_from=NOW).key.kid
    assert files.remove(retired) == 1
    assert not files.first.exists()
    assert kids(files.load_or_create()) == [new]
    assert not files.first.exists()


def test_only_its_owner_can_read_a_new_key(files: KeyFiles) -> None:
    files.add(signs_from=NOW)
    (path,) = files.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.folder.stat().st_mode) == 0o700


def test_what_is_no_key_file_is_passed_over(files: KeyFiles, ring: KeyRing) -> None:
    files.add(signs_from=NOW)
    for name in (".20260105T040000Z-x.pem.draft", "README.pem", "2026-x.pem", "notes.txt"):
        (files.folder / name).write_text("hello")
    assert len(kids(files.load())) == 2


def test_no_key_at_all_is_an_error_to_who_may_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(SigningKeyError, match=r"signing-key\.pem"):
        KeyFiles(first=tmp_path / "signing-key.pem", folder=tmp_path / "keys").load()


async def test_auth_follows_its_files_without_a_restart(files: KeyFiles, ring: KeyRing) -> None:
    keys = SigningKeys(ring, kept=KEPT)

    async def known() -> list[str]:
        return [key.kid for key in keys.published(NOW)]

    async with running(keys.follow(files, interval=0.01)):
        new = files.add(signs_from=NOW).key.kid
        await eventually(known, lambda kids: new in kids)
        assert keys.signing(NOW).kid == new


async def test_a_broken_file_is_said_once_and_changes_nothing(
    files: KeyFiles, ring: KeyRing
) -> None:
    keys = SigningKeys(ring, kept=KEPT)
    files.folder.mkdir()
    broken = files.folder / "20260101T000000Z-broken.pem"
    broken.write_text("hello")
    with capture_logs() as logs:

        async def said() -> int:
            return sum(each["event"] == "signing_keys_unusable" for each in logs)

        async def known() -> int:
            return len(keys.published(NOW))

        async with running(keys.follow(files, interval=0.005)):
            await eventually(said, lambda times: times > 0)
            assert await known() == 1
            broken.unlink()
            files.add(signs_from=NOW)
            await eventually(known, lambda count: count == 2)
        assert await said() == 1


async def jwks(served: Served) -> set[str]:
    answer = await served.stub.ListSigningKeys(pb.ListSigningKeysRequest())
    return {key.kid for key in answer.keys}


async def test_tokens_of_the_old_and_the_new_key_are_good(served: Served, files: KeyFiles) -> None:
    old = await served.register()
    old_kid = served.key.kid
    new_kid = files.add(signs_from=served.clock() + SOON).key.kid
    served.auth.keys._take_over(files.load())
    assert await jwks(served) == {old_kid, new_kid}
    served.clock.pass_by(seconds=89)
    last = (await served.refresh(old.refresh_token)).token
    assert jwt.get_unverified_header(last)["kid"] == old_kid
    served.clock.pass_by(seconds=1)
    new = (await served.log_in()).token
    assert jwt.get_unverified_header(new)["kid"] == new_kid
    for token in (old.token, last, new):
        await served.verify(token)
    served.clock.pass_by(minutes=9, seconds=58)
    await served.verify(last)
    served.clock.pass_by(minutes=3)
    assert await jwks(served) == {new_kid}
    assert (await refusal(served.verify(last)))[1] == "CREDENTIALS_INVALID"


async def test_a_token_of_a_removed_key_is_refused(served: Served, files: KeyFiles) -> None:
    token = (await served.register()).token
    files.add(signs_from=datetime(2026, 1, 1, tzinfo=UTC))
    files.remove([served.key.kid])
    served.auth.keys._take_over(files.load())
    assert (await refusal(served.verify(token)))[1] == "CREDENTIALS_INVALID"
