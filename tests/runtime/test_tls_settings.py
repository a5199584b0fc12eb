"""Certificates that cannot be used are refused at start, and by name."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.fixtures.certificates import DAY, Authority, Leaf, Mount
from tests.fixtures.grpc_loopback import LoopbackSettings
from tests.fixtures.running_mesh import command, environment

from deltastream.edge.settings import EdgeSettings
from deltastream.runtime.settings import RoleSettings, SettingsError

CERTIFICATE = "DELTASTREAM_TLS_CERTIFICATE"
KEY = "DELTASTREAM_TLS_KEY"
CA = "DELTASTREAM_TLS_CA"
SECONDS = 20.0
AUTHORITY = Authority.new()


def mounted(folder: Path, leaf: Leaf, authority: Authority = AUTHORITY) -> Mount:
    return Mount.of(folder / "tls", leaf, authority)


def refusal(
    patch: pytest.MonkeyPatch, told: dict[str, str], settings: type[RoleSettings] = LoopbackSettings
) -> str:
    """Load settings that are to be refused, and return what is said of them."""
    for name, text in told.items():
        patch.setenv(name, text)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    return str(caught.value)


def test_without_any_roles_talk_in_the_open() -> None:
    settings = EdgeSettings.load()
    assert settings.mesh_tls is None
    assert settings.listening_tls is None


def test_empty_texts_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (CERTIFICATE, KEY, CA):
        monkeypatch.setenv(name, "")
    assert LoopbackSettings.load().mesh_tls is None


def test_all_three_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leaf = AUTHORITY.issue()
    for name, text in mounted(tmp_path, leaf).mesh.items():
        monkeypatch.setenv(name, text)
    settings = LoopbackSettings.load()
    assert settings.mesh_tls is not None
    assert settings.listening_tls is settings.mesh_tls
    assert settings.mesh_tls.current().certificate == leaf.certificate
    assert settings.mesh_tls.current().ca == AUTHORITY.pem


@pytest.mark.parametrize("missing", [{CERTIFICATE}, {KEY}, {CA}, {KEY, CA}])
def test_some_of_them_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: set[str]
) -> None:
    told = mounted(tmp_path, AUTHORITY.issue()).mesh
    said = refusal(monkeypatch, {name: told[name] for name in told.keys() - missing})
    missed, _, present = said.partition(": missing beside ")
    assert {name for name in told if name in missed} == missing
    assert {name for name in told if name in present} == told.keys() - missing


@pytest.mark.parametrize(
    ("name", "file"), [(CERTIFICATE, "tls.crt"), (KEY, "tls.key"), (CA, "ca.crt")]
)
def test_a_file_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, file: str
) -> None:
    mount = mounted(tmp_path, AUTHORITY.issue())
    (mount.folder / file).unlink()
    said = refusal(monkeypatch, mount.mesh)
    assert f"{name}: cannot read {mount.folder / file}: No such file or directory" in said


@pytest.mark.parametrize(
    ("name", "file", "problem"),
    [
        (CERTIFICATE, "tls.crt", "holds no certificate in PEM"),
        (KEY, "tls.key", "holds no private key in PEM without a password"),
        (CA, "ca.crt", "holds no certificate in PEM"),
    ],
)
def test_a_file_with_something_else_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, file: str, problem: str
) -> None:
    mount = mounted(tmp_path, AUTHORITY.issue())
    (mount.folder / file).write_text("canary", encoding="ascii")
    said = refusal(monkeypatch, mount.mesh)
    assert f"{name}: {mount.folder / file} {problem}" in said
    assert "canary" not in said


def test_a_key_of_another_certificate_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    leaf = Leaf(certificate=AUTHORITY.issue().certificate, key=AUTHORITY.issue().key)
    said = refusal(monkeypatch, mounted(tmp_path, leaf).mesh)
    assert f"{KEY}: {tmp_path / 'tls' / 'tls.key'} does not fit the certificate" in said


@pytest.mark.parametrize(
    ("begins", "ends", "problem"),
    [(-2 * DAY, -DAY, "tls.crt expired at "), (DAY, 2 * DAY, "tls.crt begins at ")],
)
def test_a_certificate_of_another_time_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    begins: timedelta,
    ends: timedelta,
    problem: str,
) -> None:
    mount = mounted(tmp_path, AUTHORITY.issue(begins=begins, ends=ends))
    said = refusal(monkeypatch, mount.mesh)
    assert f"{CERTIFICATE}: " in said
    assert problem in said


def test_authorities_that_have_all_expired_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expired = Authority.new(ends=-DAY)
    mount = Mount.of(tmp_path / "tls", AUTHORITY.issue(), expired)
    assert f"{CA}: {mount.ca} expired at " in refusal(monkeypatch, mount.mesh)
    mount.replace(AUTHORITY.issue(), expired, AUTHORITY)
    assert LoopbackSettings.load().mesh_tls is not None


def test_a_kind_of_key_that_grpc_has_no_tls_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mount = mounted(tmp_path, AUTHORITY.issue(key=Ed25519PrivateKey.generate()))
    assert "take RSA or ECDSA" in refusal(monkeypatch, mount.mesh)


def test_the_public_addresses_of_the_edge_have_a_certificate_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside, outside = AUTHORITY.issue(), AUTHORITY.issue()
    told = mounted(tmp_path, inside).mesh | Mount.of(tmp_path / "public", outside).public
    for name, text in told.items():
        monkeypatch.setenv(name, text)
    settings = EdgeSettings.load()
    assert settings.mesh_tls is not None
    assert settings.listening_tls is not None
    assert settings.mesh_tls.current().certificate == inside.certificate
    assert settings.listening_tls.current().certificate == outside.certificate
    assert settings.listening_tls.current().ca is None


def test_the_certificate_of_the_mesh_is_not_for_the_public(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, text in mounted(tmp_path, AUTHORITY.issue()).mesh.items():
        monkeypatch.setenv(name, text)
    assert EdgeSettings.load().listening_tls is None


def test_what_is_wrong_with_the_public_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = Mount.of(tmp_path / "public", AUTHORITY.issue()).public
    said = refusal(monkeypatch, dict([told.popitem()]), EdgeSettings)
    assert "DELTASTREAM_EDGE_TLS_CERTIFICATE: missing beside DELTASTREAM_EDGE_TLS_KEY" in said


async def test_a_role_that_is_told_such_ends_with_status_2_and_says_why(tmp_path: Path) -> None:
    leaf = Leaf(certificate=AUTHORITY.issue().certificate, key=AUTHORITY.issue().key)
    told = mounted(tmp_path, leaf).mesh
    role = await asyncio.create_subprocess_exec(
        *command("auth"),
        env=environment(DELTASTREAM_DATA_DIR=str(tmp_path), **told),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        _, said = await role.communicate()
    assert role.returncode == 2
    assert f"{KEY}: {told[KEY]} does not fit the certificate" in said.decode()
    assert leaf.key.splitlines()[1] not in said
