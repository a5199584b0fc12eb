"""The signing key's file."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deltastream.auth.keys import SigningKeyError, load_or_create_key


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.pem"
    assert load_or_create_key(path).kid == load_or_create_key(path).kid


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_it_never_shows_in_a_repr(tmp_path: Path) -> None:
    assert "private" not in repr(load_or_create_key(tmp_path / "key.pem"))


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("hello")
    with pytest.raises(SigningKeyError, match=r"key\.pem"):
        load_or_create_key(tmp_path / "key.pem")


def test_another_kind_of_key_is_refused_with_advice(tmp_path: Path) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    with pytest.raises(SigningKeyError, match="openssl genpkey"):
        load_or_create_key(tmp_path / "key.pem")
