"""Who may act in which role."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from deltastream.access.v1 import access_pb2
from deltastream.domain.errors import CredentialsInvalidError, CredentialsMissingError
from deltastream.runtime.errors import RoleInsufficientError
from deltastream.runtime.identity.open_streams import OpenStreams
from deltastream.runtime.identity.principal import ADMIN, READER, SERVICE
from deltastream.runtime.identity.verifier import Verifier
from deltastream.runtime.interceptors.access import Tenure
from deltastream.runtime.interceptors.base import Context

_HEADER: Final = "authorization"
_SCHEME: Final = "bearer "
_ENOUGH: Final[dict[int, frozenset[str]]] = {
    access_pb2.ROLE_READER: frozenset({READER, ADMIN, SERVICE}),
    access_pb2.ROLE_SERVICE: frozenset({SERVICE}),
    access_pb2.ROLE_ADMIN: frozenset({ADMIN}),
}


class TokenPolicy:
    """The AccessPolicy of a role that demands tokens.

    What is PUBLIC is not looked at: a token that has expired must not keep its owner from logging
    in again. Wherever a token is looked at, it has to be valid, and a stream ends with it.
    """

    def __init__(
        self, verifier: Verifier, streams: OpenStreams, *, allow_anonymous: bool = False
    ) -> None:
        """Make a policy.

        Args:
            verifier: tells whom tokens identify.
            streams: ends what goes on for longer than a token.
            allow_anonymous: whether what is for READERs needs no token.
        """
        self._verifier = verifier
        self._streams = streams
        self._allow_anonymous = allow_anonymous

    async def __call__(self, role: "access_pb2.Role.ValueType", context: Context) -> Tenure | None:
        """Return for how long the caller may act in the role; None for any time.

        Raises:
            CredentialsMissingError: it names nobody.
            CredentialsInvalidError: its token is not valid.
            TokenExpiredError: its token has expired.
            RoleInsufficientError: it may not act in the role.
            DependencyUnavailableError: its token cannot be judged now.
        """
        if role == access_pb2.ROLE_PUBLIC:
            return None
        token = bearer_token(context.invocation_metadata() or ())
        if token is None:
            if role == access_pb2.ROLE_READER and self._allow_anonymous:
                return None
            raise CredentialsMissingError
        principal = await self._verifier.verify(token)
        if not may_act_as(principal.roles, role):
            raise RoleInsufficientError(access_pb2.Role.Name(role).removeprefix("ROLE_"))
        return partial(self._streams.lasting, principal)


def may_act_as(roles: Iterable[str], role: "access_pb2.Role.ValueType") -> bool:
    """Say whether somebody of some roles may act in one; in none that is not known here."""
    return not _ENOUGH.get(role, frozenset()).isdisjoint(roles)


def bearer_token(metadata: Iterable[tuple[str, str | bytes]]) -> str | None:
    """Return the token of a call's metadata; None without one.

    Raises:
        CredentialsInvalidError: there are several, or what is there is no token.
    """
    token: str | None = None
    for name, value in metadata:
        if name != _HEADER:
            continue
        if token is not None or not isinstance(value, str):
            raise _unreadable()
        token = token_in(value)
        if token is None:
            raise _unreadable()
    return token


def token_in(authorization: str) -> str | None:
    """Return the token of an `authorization` header; None where it states something else."""
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return None
    return authorization[len(_SCHEME) :].strip()


def _unreadable() -> CredentialsInvalidError:
    return CredentialsInvalidError("send one access token: `authorization: Bearer TOKEN`")
