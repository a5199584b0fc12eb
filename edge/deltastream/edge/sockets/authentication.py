"""Who may connect, and how long."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from google.rpc import status_pb2

from deltastream.edge.credentials import KeyExchange
from deltastream.edge.errors.statuses import StatusError
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import failure_of
from deltastream.runtime.identity.principal import Principal
from deltastream.runtime.identity.verifier import REFUSALS, Refusal, Verifier

_DEADLINE_SECONDS: Final = 5.0
_LONGEST: Final = 8192
# A client that came with a key is not to notice that its tokens end.
_RENEWAL_SECONDS: Final = 60.0


class Judge(Verifier, Protocol):
    """Knows good tokens, and when they cease to be."""

    def recheck(self, principal: Principal) -> None:
        """Return if a token that was found good still is; else raise what `verify` does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """By what a client is here.

    Attributes:
        principal: who it is; None if nobody asked.
        api_key: gets it further tokens; empty if it came with a token.
    """

    principal: Principal | None = None
    api_key: str = field(default="", repr=False)


class Doorkeeper:
    """Decides by what a client sends: `{token}`, `{api_key}`, or neither where that is allowed."""

    def __init__(
        self,
        *,
        judge: Judge,
        keys: KeyExchange,
        allow_anonymous: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the door.

        Args:
            judge: tells whom tokens identify.
            keys: gets tokens for API keys.
            allow_anonymous: whether a client may come without either. One with an invalid token
                may not in any case.
            clock: seconds since 1970.
        """
        self._judge = judge
        self._keys = keys
        self._allow_anonymous = allow_anonymous
        self._clock = clock

    async def admit(self, auth: object) -> Admission:
        """Return by what a client may connect.

        Raises:
            RefusedError: it may not.
        """
        token, api_key = _text_of(auth, "token"), _text_of(auth, "api_key")
        if token is not None and api_key is not None:
            raise _malformed("send a token or an api_key, not both")
        if api_key is not None:
            return await self._by_key(api_key)
        if token is not None:
            return Admission(principal=await self._by_token(token))
        if not self._allow_anonymous:
            raise RefusedError(
                ErrorReason.ERROR_REASON_CREDENTIALS_MISSING,
                "send an access token: connect with the auth payload {token: TOKEN}",
            )
        return Admission()

    async def renew(self, admission: Admission, credentials: object) -> Admission:
        """Return by what a client may stay that has sent newer credentials.

        Raises:
            RefusedError: they are not valid, or another's; the client may stay as it was.
        """
        renewed = await self.admit(credentials)
        before, now = admission.principal, renewed.principal
        if now is None:
            raise _malformed("send {token: TOKEN}")
        if before is not None and before.subject != now.subject:
            raise RefusedError(
                ErrorReason.ERROR_REASON_CREDENTIALS_INVALID,
                "these are another account's; connect anew to be another",
            )
        return renewed

    async def recheck(self, admission: Admission) -> Admission:
        """Return by what a client may stay, now.

        Raises:
            RefusedError: its token has ended, and no key of it gets another.
        """
        principal = admission.principal
        if principal is None:
            return admission
        try:
            self._judge.recheck(principal)
        except REFUSALS as error:
            if not admission.api_key:
                raise RefusedError.of_status(_status_of(error)) from None
            return await self._by_key(admission.api_key)
        if not admission.api_key or principal.expires_at - self._clock() > _RENEWAL_SECONDS:
            return admission
        try:
            return await self._by_key(admission.api_key)
        except RefusedError:
            # There is time to try again until the token ends.
            return admission

    async def _by_key(self, api_key: str) -> Admission:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                token = await self._keys.token_for(api_key)
        except StatusError as error:
            raise RefusedError.of_status(error.status) from None
        except TimeoutError:
            raise _not_now() from None
        return Admission(principal=await self._by_token(token), api_key=api_key)

    async def _by_token(self, token: str) -> Principal:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                return await self._judge.verify(token)
        except REFUSALS as error:
            raise RefusedError.of_status(_status_of(error)) from None
        except TimeoutError:
            raise _not_now() from None


def _text_of(auth: object, name: str) -> str | None:
    """Return a text of an `auth` payload; None when it has none of this name."""
    if auth is None:
        return None
    if not isinstance(auth, dict):
        raise _malformed("the auth payload must be an object: {token: TOKEN}")
    value = auth.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _malformed(f"the {name} of the auth payload must be a text, and not a long one")
    return value


def _status_of(error: Refusal) -> status_pb2.Status:
    return status_pb2.Status.FromString(failure_of(error).details)


def _malformed(message: str) -> RefusedError:
    return RefusedError(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, message)


def _not_now() -> RefusedError:
    return RefusedError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "who you are cannot be found out now; try again shortly",
    )
