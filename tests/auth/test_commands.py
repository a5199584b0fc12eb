"""`deltastream keys` and `deltastream users`, and the operator's token."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import bcrypt
import jwt
import pytest
import structlog
from click.testing import CliRunner, Result

from deltastream.auth.settings import AuthSettings
from deltastream.cli import main
from deltastream.commands.operator_token import operator_token
from deltastream.runtime.settings import SettingsError

PASSWORD = "correct horse"  # noqa: S105 - it opens nothing


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DELTASTREAM_BCRYPT_COST", "4")
    monkeypatch.setenv("DELTASTREAM_ADMIN_PASSWORD", PASSWORD)
    yield
    structlog.reset_defaults()


def run(*words: str, data_dir: Path, given: str = "") -> Result:
    return CliRunner().invoke(main, [*words, "--data-dir", str(data_dir)], input=given)


def users_of(data_dir: Path) -> list[tuple[str, str, bytes]]:
    with closing(sqlite3.connect(data_dir / "users.db")) as database:
        return database.execute("SELECT email, roles, password_hash FROM users").fetchall()


def test_the_first_administrator_is_made_by_command(tmp_path: Path) -> None:
    made = run("users", "create-admin", "--email", "Ada@Example.com", data_dir=tmp_path)
    assert made.exit_code == 0, made.output
    ((email, roles, hashed),) = users_of(tmp_path)
    assert (email, roles) == ("ada@example.com", '["reader", "admin"]')
    assert bcrypt.checkpw(PASSWORD.encode(), hashed)
    assert PASSWORD not in made.output + made.stderr


def test_the_password_is_asked_for_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DELTASTREAM_ADMIN_PASSWORD")
    words = ("users", "create-admin", "--email", "ada@example.com")
    differing = run(*words, data_dir=tmp_path, given="battery staple\nother\n")
    assert differing.exit_code != 0
    made = run(*words, data_dir=tmp_path, given="battery staple\nbattery staple\n")
    assert made.exit_code == 0
    assert "battery" not in made.output
    assert len(users_of(tmp_path)) == 1


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("no address", PASSWORD, "email"),
        ("ada@example.com", "short", "password"),
        ("ada@example.com", "x" * 73, "password"),
    ],
)
def test_what_no_account_can_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, email: str, password: str, says: str
) -> None:
    monkeypatch.setenv("DELTASTREAM_ADMIN_PASSWORD", password)
    refused = run("users", "create-admin", "--email", email, data_dir=tmp_path)
    assert refused.exit_code == 2
    assert says in refused.output
    assert password not in refused.output
    assert users_of(tmp_path) == []


def test_an_account_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    words = ("users", "create-admin", "--email", "ada@example.com")
    run(*words, data_dir=tmp_path)
    before = users_of(tmp_path)
    again = run(*words, data_dir=tmp_path)
    assert again.exit_code == 2
    assert "set-roles" in again.output
    assert users_of(tmp_path) == before


def test_accounts_are_listed_and_given_roles(tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        run("users", "create-admin", "--email", f"{name}@example.com", data_dir=tmp_path)
    listed = run("users", "list", data_dir=tmp_path).stdout.splitlines()
    assert [line.split()[1:3] for line in listed] == [
        ["ada@example.com", "reader,admin"],
        ["bob@example.com", "reader,admin"],
    ]
    bob = listed[1].split()[0]
    assert run("users", "set-roles", bob, "reader", data_dir=tmp_path).exit_code == 0
    last = run("users", "set-roles", "Ada@example.com", "reader", data_dir=tmp_path)
    assert last.exit_code == 2
    assert "last administrator" in last.output
    unknown = run("users", "set-roles", "eve@example.com", "reader", data_dir=tmp_path)
    assert unknown.exit_code == 2
    assert [row[1] for row in users_of(tmp_path)] == ['["reader", "admin"]', '["reader"]']


def test_keys_are_listed_and_rotated(tmp_path: Path) -> None:
    (first,) = AuthSettings(data_dir=tmp_path).key_files.load_or_create().keys
    rotated = run("keys", "rotate", data_dir=tmp_path)
    assert rotated.exit_code == 0, rotated.output
    new = rotated.output.split()[0]
    listed = run("keys", "list", data_dir=tmp_path).output.splitlines()
    assert listed[0] == f"{first.key.kid}  signs"
    assert listed[1].startswith(f"{new}  published; signs from ")
    again = run("keys", "rotate", data_dir=tmp_path)
    assert again.exit_code == 2
    assert "waiting already" in again.output


def test_a_key_never_signs_before_everybody_knows_it(tmp_path: Path) -> None:
    AuthSettings(data_dir=tmp_path).key_files.load_or_create()
    assert run("keys", "rotate", "--after", "59", data_dir=tmp_path).exit_code == 2
    assert not (tmp_path / "signing-keys").exists()


def test_without_a_key_there_is_nothing_to_rotate(tmp_path: Path) -> None:
    for command in ("rotate", "list"):
        refused = run("keys", command, data_dir=tmp_path)
        assert refused.exit_code == 2
        assert "signing-key.pem" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_who_may_read_the_signing_key_is_the_operator(tmp_path: Path) -> None:
    assert operator_token(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    (key,) = AuthSettings(data_dir=tmp_path).key_files.load_or_create().keys
    token = operator_token(tmp_path)
    assert token is not None
    claims = jwt.decode(
        token, key.key.private.public_key(), algorithms=["EdDSA"], audience="deltastream"
    )
    assert claims["sub"] == "operator"
    assert claims["roles"] == ["admin"]
    assert 59 <= claims["exp"] - claims["iat"] <= 60
    assert "sid" not in claims


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "list"),
        ("keys", "rotate"),
        ("users", "list"),
        ("users", "create-admin", "--email", "ada@example.com"),
        ("users", "set-roles", "ada@example.com", "admin"),
        ("dlq", "list"),
    ],
    ids=" ".join,
)
def test_settings_that_cannot_be_used_are_all_named(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DELTASTREAM_BCRYPT_COST", "seventeen")
    monkeypatch.setenv("DELTASTREAM_ACCESS_MINUTES", "0")
    refused = run(*words, data_dir=tmp_path)
    assert (refused.exit_code, type(refused.exception)) == (2, SystemExit)
    with pytest.raises(SettingsError) as of_the_role:
        AuthSettings.load()
    assert str(of_the_role.value) in refused.output
    assert "DELTASTREAM_BCRYPT_COST" in refused.output
    assert "DELTASTREAM_ACCESS_MINUTES" in refused.output
    assert list(tmp_path.iterdir()) == []
