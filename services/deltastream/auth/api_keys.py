"""API keys: made by users, exchanged by programs for access tokens."""

from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest
from typing import Final

from deltastream.auth.api_key_text import new_api_key, read_api_key
from deltastream.auth.callers import Caller
from deltastream.auth.roles import token_roles
from deltastream.auth.tokens import AccessToken, AccessTokens
from deltastream.domain.errors import (
    ApiKeyNotFoundError,
    CredentialsInvalidError,
    TokenExpiredError,
)
from deltastream.log_library import structlog
from deltastream.ports.api_keys import ApiKey, ApiKeyStore
from deltastream.ports.clock import Clock
from deltastream.ports.users import ADMIN, READER, User, UserStore
from deltastream.runtime.errors import RoleInsufficientError

_log = structlog.get_logger()

MOST_KEYS: Final = 100
_INVALID: Final = "the API key is not valid"


class ApiKeys:
    """The API keys of all accounts."""

    def __init__(
        self, *, store: ApiKeyStore, users: UserStore, tokens: AccessTokens, clock: Clock
    ) -> None:
        self._store = store
        self._users = users
        self._tokens = tokens
        self._clock = clock

    async def create(
        self, caller: Caller, *, name: str, roles: Sequence[str], expires_in: timedelta | None
    ) -> tuple[ApiKey, str]:
        """Make a key; return what is kept of it, and the key itself.

        Raises:
            AccountRequiredError: the caller has no account.
            SessionRequiredError: the caller is a program with a key itself.
            RoleInsufficientError: it would allow more than the caller may.
            TooManyApiKeysError: the account has as many as one may have.
        """
        owner = caller.person
        if ADMIN in roles and ADMIN not in caller.roles:
            raise RoleInsufficientError("ADMIN")
        text, now = new_api_key(), self._clock()
        key = ApiKey(
            id=text.id,
            user_id=owner.id,
            name=name,
            roles=tuple(role for role in (READER, ADMIN) if role in roles) or (READER,),
            created_at=now,
            secret_digest=text.digest,
            expires_at=None if expires_in is None else now + expires_in,
        )
        await self._store.add(key, most=MOST_KEYS)
        _log.info("api_key_created", key=key.id, user=key.user_id, roles=key.roles)
        return key, text.text

    async def of_user(self, user_id: str) -> Sequence[ApiKey]:
        """List the keys of an account, newest first."""
        return await self._store.of_user(user_id)

    async def delete(self, user_id: str, key_id: str) -> None:
        """End a key of an account.

        Raises:
            ApiKeyNotFoundError: the account has none of this id.
        """
        if not await self._store.delete(user_id, key_id, at=self._clock()):
            raise ApiKeyNotFoundError(key_id)
        _log.info("api_key_deleted", key=key_id, user=user_id)

    async def exchange(self, text: str) -> tuple[User, AccessToken]:
        """Give an access token for a key: for what both the key and its owner may do now.

        Raises:
            CredentialsInvalidError: the key was deleted, or never was.
            TokenExpiredError: its time is over.
        """
        # Taken first: what is revoked after this moment ends the token.
        now = self._clock()
        key = await self._genuine(text)
        if key.expires_at is not None and key.expires_at <= now:
            raise TokenExpiredError("the API key has expired; make another one")
        user = await self._users.by_id(key.user_id)
        if user is None:
            raise CredentialsInvalidError(_INVALID)
        minute = now.replace(second=0, microsecond=0)
        if key.last_used_at != minute:
            await self._store.used(key.id, at=minute)
        token = self._tokens.issue(
            user.id,
            token_roles(key.roles, user.roles),
            sid=f"key/{key.id}",
            at=max(now, user.tokens_before or now),
            until=key.expires_at,
        )
        return user, token

    async def _genuine(self, text: str) -> ApiKey:
        given = read_api_key(text)
        key = None if given is None else await self._store.by_id(given.id)
        if given is None or key is None or not compare_digest(given.digest, key.secret_digest):
            raise CredentialsInvalidError(_INVALID)
        if key.deleted_at is not None:
            raise CredentialsInvalidError(_INVALID)
        return key
