"""What an access token says, and whether it is one."""

from datetime import UTC, datetime
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deltastream.domain.errors import CredentialsInvalidError
from deltastream.runtime.identity.principal import ADMIN, READER, SERVICE, Principal

ISSUER: Final = "https://deltastream.dev"
AUDIENCE: Final = "deltastream"
TYPE: Final = "at+jwt"  # RFC 9068
ALGORITHM: Final = "EdDSA"
LONGEST_TOKEN: Final = 8192
CLOCK_SECONDS: Final = 30.0
"""A token may be issued so much later than now: clocks of two machines never agree."""

_REQUIRED: Final = ["exp", "iat", "iss", "aud", "sub", "jti", "roles"]
_ROLES: Final = frozenset({READER, ADMIN, SERVICE})
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def key_id_of(token: str) -> str:
    """Return which key a token claims to be signed with.

    Raises:
        CredentialsInvalidError: it is no access token.
    """
    if len(token) > LONGEST_TOKEN:
        raise invalid()
    try:
        header = jwt.get_unverified_header(token)
    # A header may be anything that JSON can say, and the library does not expect all of it.
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise invalid() from None
    key_id = header.get("kid")
    # PyJWT ignores `typ`: a token made for something else would pass as an access token.
    if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
        raise invalid()
    if not isinstance(key_id, str):
        raise invalid()
    return key_id


def read_claims(token: str, key: Ed25519PublicKey, *, key_id: str, now: float) -> Principal:
    """Return whom a token identifies that is signed with a key; it may have expired.

    Args:
        token: the token.
        key: the public key that `key_id_of` named.
        key_id: its name.
        now: seconds since 1970.

    Raises:
        CredentialsInvalidError: anything is wrong with it; never said what.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # Moments are judged by the clock that was handed in.
            options={
                "require": _REQUIRED,
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise invalid() from None
    principal = _principal(claims, key_id)
    earliest = max(principal.issued_at, _moment(claims.get("nbf", principal.issued_at)))
    if earliest > now + CLOCK_SECONDS:
        raise invalid()
    return principal


def invalid() -> CredentialsInvalidError:
    """Return the one refusal of every token that is not genuine."""
    return CredentialsInvalidError("the token is not valid")


def _principal(claims: dict[str, Any], key_id: str) -> Principal:
    roles, session = claims["roles"], claims.get("sid", "")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise invalid()
    if not isinstance(session, str) or not claims["sub"]:
        raise invalid()
    return Principal(
        subject=claims["sub"],
        roles=_ROLES.intersection(roles),
        session=session,
        issued_at=_moment(claims["iat"]),
        expires_at=_moment(claims["exp"]),
        key_id=key_id,
    )


def _moment(value: object) -> float:
    """Read a NumericDate. JSON as Python reads it has NaN, which is later than nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid()
    try:
        moment = float(value)
    except OverflowError:
        raise invalid() from None
    # What is no moment of any calendar is none that auth has ever signed.
    if not 0.0 <= moment <= _LATEST:
        raise invalid()
    return moment
