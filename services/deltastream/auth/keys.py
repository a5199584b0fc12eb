"""A signing key: Ed25519, in a file that only auth can read."""

import base64
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key and the public half as JSON Web Key members (RFC 8037).

    Attributes:
        kid: names the key: its RFC 7638 thumbprint.
        x: the public key, base64url without padding.
    """

    private: Ed25519PrivateKey = field(repr=False)
    kid: str
    x: str


class SigningKeyError(Exception):
    """The key file cannot be used; the text says what to do."""


def load_or_create_key(path: Path) -> SigningKey:
    """Read the private key, or make one where there is none.

    Raises:
        SigningKeyError: the file is no Ed25519 key in PEM, or cannot be read or written.
    """
    if not path.exists():
        # Of two processes that make it at once, one does, and both read that one.
        with suppress(FileExistsError):
            create_key(path)
    return read_key(path)


def read_key(path: Path) -> SigningKey:
    """Read a private key.

    Raises:
        SigningKeyError: the file is no Ed25519 key in PEM, or cannot be read.
    """
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyError(f"the signing key {path} cannot be used: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(
            f"the signing key {path} is not Ed25519; "
            "make one with: openssl genpkey -algorithm ed25519"
        )
    return _described(private)


def create_key(path: Path) -> None:
    """Make a private key, in a file that appears whole and never over one that is there.

    Raises:
        FileExistsError: there is one already.
        SigningKeyError: the file cannot be written.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        # Never readable by others, not even for a moment.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
            path.hardlink_to(draft)
        finally:
            draft.unlink()
    except FileExistsError:
        raise
    except OSError as error:
        raise SigningKeyError(f"the signing key {path} cannot be written: {error}") from error


def _described(private: Ed25519PrivateKey) -> SigningKey:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = _base64url(raw)
    # RFC 7638: the required members, in lexicographic order, without white space.
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    return SigningKey(
        private=private, x=x, kid=_base64url(hashlib.sha256(members.encode()).digest())
    )


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
