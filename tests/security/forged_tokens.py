"""Access tokens that nobody may be believed for, in one list: for gRPC, REST and Socket.IO alike.

Each is made of a genuine one and the key that signed it, so that it is wrong in the one way that
its name says. Moments are relative to those of the genuine token.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

OVERSIZED: Final = "oversized: "
"""Begins the names of tokens that some transports refuse for their length before looking inside."""
_HOUR: Final = 3600
_NESTED: Final = 2500
_Forged = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A genuine token, in its parts."""

    text: str
    key: Ed25519PrivateKey
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def raw_public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem_public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(self, *, header: Mapping[str, Any] | None = None, **claims: object) -> str:
        """Sign it again with the same key, changed; None leaves a member out."""
        head = _without_none({**self.header, **(header or {})})
        body = _without_none({**self.claims, **claims})
        return self.signed_parts(_json(head), _json(body))

    def signed_parts(self, header: bytes, payload: bytes) -> str:
        """Sign any bytes."""
        signed = f"{encoded(header)}.{encoded(payload)}"
        return f"{signed}.{encoded(self.key.sign(signed.encode()))}"


def private_key_of(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key that a mesh with this data directory signs with, before any rotation."""
    key = load_pem_private_key((data_dir / "signing-key.pem").read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def fits_in_a_header(token: str) -> bool:
    """Say whether HTTP can carry a token at all."""
    return token.isascii() and token.isprintable() and token == token.strip() and token != ""


def forged_tokens(genuine: str, key: Ed25519PrivateKey) -> _Forged:
    """Yield (what is wrong with it, token).

    Args:
        genuine: a valid access token of an account.
        key: the private key that signed it.
    """
    parts = Genuine(
        text=genuine,
        key=key,
        header=jwt.get_unverified_header(genuine),
        claims=jwt.decode(genuine, options={"verify_signature": False}),
    )
    yield from _other_algorithms(parts)
    yield from _other_keys(parts)
    yield from _other_headers(parts)
    yield from _other_claims(parts)
    yield from _other_moments(parts)
    yield from _other_bytes(parts)


def _other_algorithms(genuine: Genuine) -> _Forged:
    payload = genuine.text.split(".")[1]
    for name in ("none", "None", "NONE", "nOnE", ""):
        head = encoded(_json({**genuine.header, "alg": name}))
        yield f"unsigned, alg {name!r}", f"{head}.{payload}."
    head = encoded(_json({**genuine.header, "alg": "none"}))
    yield "alg none over the genuine signature", f"{head}.{payload}.{genuine.text.split('.')[2]}"
    secrets = {
        "the public key as secret": genuine.raw_public_key,
        "the public key in PEM as secret": genuine.pem_public_key,
        "an empty secret": b"",
        "the kid as secret": str(genuine.header["kid"]).encode(),
    }
    for what, secret in secrets.items():
        for name, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
            signed = f"{encoded(_json({**genuine.header, 'alg': name}))}.{payload}"
            yield (
                f"{name}, {what}",
                f"{signed}.{encoded(hmac.digest(secret, signed.encode(), digest))}",
            )
    yield "RS256", _signed_by(genuine, rsa.generate_private_key(65537, 2048), "RS256")
    yield "ES256", _signed_by(genuine, ec.generate_private_key(ec.SECP256R1()), "ES256")
    yield "the right signature under alg Ed25519ph", genuine.signed(header={"alg": "Ed25519ph"})
    yield "no alg", genuine.signed(header={"alg": None})
    yield "alg is a list", genuine.signed(header={"alg": ["EdDSA"]})


def _other_keys(genuine: Genuine) -> _Forged:
    stranger = Ed25519PrivateKey.generate()
    x = encoded(stranger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    foreign = replace(genuine, key=stranger)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
    yield "a foreign key under our kid", foreign.signed()
    yield "a foreign key in jwk", foreign.signed(header={"jwk": jwk})
    yield (
        "a foreign key in jwk under a kid of its own",
        foreign.signed(header={"jwk": jwk, "kid": "mine"}),
    )
    yield "a foreign key at jku", foreign.signed(header={"jku": "https://example.com/jwks.json"})
    yield "a foreign key at x5u", foreign.signed(header={"x5u": "https://example.com/key.pem"})
    yield "a foreign key in x5c", foreign.signed(header={"x5c": [x]})
    yield "a key of zeros under our kid", genuine.text.rpartition(".")[0] + "." + encoded(bytes(64))


def _other_headers(genuine: Genuine) -> _Forged:
    for name in ("JWT", "rt+jwt", "id+jwt", "", "AT+JWT ", None):
        yield f"typ {name!r}", genuine.signed(header={"typ": name})
    kids: tuple[object, ...] = (
        "../../../../dev/null",
        "/etc/passwd",
        "x' OR '1'='1",
        "$ne",
        {"$ne": None},
        ["a"],
        0,
        "",
        "k\0id",
        None,
    )
    for kid in kids:
        yield f"kid {kid!r}", genuine.signed(header={"kid": kid})
    yield (
        "an extension that must be understood",
        genuine.signed(header={"crit": ["exp"], "exp": 9_999_999_999}),
    )
    yield "an unencoded payload", genuine.signed(header={"crit": ["b64"], "b64": False})


def _other_claims(genuine: Genuine) -> _Forged:
    for claim in ("exp", "iat", "iss", "aud", "sub", "jti"):
        yield f"without {claim}", genuine.signed(**{claim: None})
    yield "for another audience", genuine.signed(aud="elsewhere")
    yield "for no audience", genuine.signed(aud=[])
    yield (
        "for an audience that begins like ours",
        genuine.signed(aud=str(genuine.claims["aud"]) + ".example.com"),
    )
    yield "by another issuer", genuine.signed(iss="https://example.com")
    yield (
        "by an issuer that begins like ours",
        genuine.signed(iss=str(genuine.claims["iss"]) + ".example.com"),
    )
    yield "by nobody", genuine.signed(iss="")
    for subject in (1, ["x"], {"$ne": None}, True):
        yield f"sub {subject!r}", genuine.signed(sub=subject)
    yield "roles is a text", genuine.signed(roles="admin")
    yield "roles is an object", genuine.signed(roles={"admin": True})
    yield "sid is an object", genuine.signed(sid={"$ne": None})


def _other_moments(genuine: Genuine) -> _Forged:
    issued, ends = float(genuine.claims["iat"]), float(genuine.claims["exp"])
    yield "expired", genuine.signed(iat=issued - 2 * _HOUR, exp=int(issued) - _HOUR)
    yield "not valid yet", genuine.signed(nbf=issued + _HOUR)
    yield "issued in the future", genuine.signed(iat=issued + _HOUR, exp=ends + _HOUR)
    for moment in ("never", [1], {"a": 1}, True, 10**15, 1e308, -1e308):
        yield f"exp {moment!r}", genuine.signed(exp=moment)
        yield f"iat {moment!r}", genuine.signed(iat=moment)
    yield "exp of 400 digits", genuine.signed(exp=10**400)
    yield "iat of 400 digits", genuine.signed(iat=10**400)
    head = _json(genuine.header)
    for word in ("Infinity", "NaN", "-Infinity"):
        text = json.dumps({**genuine.claims, "exp": "EXP"}).replace('"EXP"', word)
        yield f"exp {word}", genuine.signed_parts(head, text.encode())


def _other_bytes(genuine: Genuine) -> _Forged:
    header, payload, signature = genuine.text.split(".")
    head, body = _json(genuine.header), _json(genuine.claims)
    changed = _json({**genuine.claims, "roles": ["reader", "admin"], "jti": "x"})
    yield "a payload that was changed", f"{header}.{encoded(changed)}.{signature}"
    yield "cut before the signature", f"{header}.{payload}."
    yield "cut in the signature", genuine.text[:-10]
    yield "two parts", f"{header}.{payload}"
    yield "one part", header
    yield "four parts", f"{genuine.text}.{signature}"
    yield "encrypted in five parts", f"{header}.{payload}.{signature}.{payload}.{signature}"
    yield "nothing but dots", ".."
    yield "no token", "hello"
    yield "bad base64", f"{header}.{payload}.!!!!{signature[4:]}"
    yield "bad base64 in the header", f"%%%%.{payload}.{signature}"
    yield "a header that is no JSON", genuine.signed_parts(b"alg: EdDSA", body)
    yield "a header that is a list", genuine.signed_parts(b'["EdDSA"]', body)
    yield "a header that is no UTF-8", genuine.signed_parts(b"\xff\xfe", body)
    yield "a payload that is no JSON", genuine.signed_parts(head, b"sub=1")
    yield "a payload that is a list", genuine.signed_parts(head, b"[]")
    yield "a payload that is null", genuine.signed_parts(head, b"null")
    yield "a payload that is a token", genuine.signed_parts(head, genuine.text.encode())
    yield "an empty payload", genuine.signed_parts(head, b"")
    yield "a payload that is no UTF-8", genuine.signed_parts(head, b'{"sub": "\xff"}')
    yield "JSON in JSON", genuine.signed_parts(head, json.dumps(body.decode()).encode())
    deep = b"[" * _NESTED + b"]" * _NESTED
    yield "nested deeply", genuine.signed_parts(head, deep)
    yield "a header nested deeply", f"{encoded(deep)}.{payload}.{signature}"
    yield "unicode", f"{header}.{payload}.{signature[:-4]}ключ"
    yield "a line break", f"{header}.{payload}.{signature}\r\nroles: admin"
    yield "a zero byte", f"{header}.{payload}\0.{signature}"
    yield "a space", f"{header} .{payload}.{signature}"
    yield f"{OVERSIZED}a claim of 64 KB", genuine.signed(exp=0, padding="x" * 65536)
    yield f"{OVERSIZED}64 KB of dots", "." * 65536


def _signed_by(genuine: Genuine, key: Any, algorithm: str) -> str:
    headers = {"typ": genuine.header["typ"], "kid": genuine.header["kid"]}
    return jwt.encode(dict(genuine.claims), key, algorithm=algorithm, headers=headers)


def encoded(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _without_none(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
