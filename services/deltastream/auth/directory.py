"""The accounts there are: made, listed, and given roles."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from deltastream.auth.passwords import PasswordHasher
from deltastream.domain.errors import UserNotFoundError
from deltastream.log_library import structlog
from deltastream.ports.clock import Clock
from deltastream.ports.users import ADMIN, READER, User, UserStore

_log = structlog.get_logger()

_MILLISECOND: Final = timedelta(milliseconds=1)


class Directory:
    """What administrators do with accounts, and the command line."""

    def __init__(self, *, users: UserStore, hasher: PasswordHasher, clock: Clock) -> None:
        self._users = users
        self._hasher = hasher
        self._clock = clock

    async def create(self, *, email: str, password: str, name: str, roles: tuple[str, ...]) -> User:
        """Create an account.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
        """
        address = address_of(email)
        user = User(
            id=uuid4().hex,
            email=address,
            name=name.strip() or address.partition("@")[0],
            roles=roles,
            created_at=self._clock(),
            password_hash=await self._hasher.hash(password),
        )
        await self._users.add(user)
        _log.info("account_created", user=user.id, roles=roles)
        return user

    async def set_roles(self, user_id: str, roles: Sequence[str]) -> User:
        """Say what an account may do; tokens that say otherwise are refused from now on.

        Where nothing changes, nothing happens.

        Raises:
            UserNotFoundError: no account has this id.
            LastAdministratorError: nobody would be an administrator.
        """
        wanted = tuple(role for role in (READER, ADMIN) if role in roles)
        before = await self._users.set_roles(user_id, wanted)
        if before is None:
            raise UserNotFoundError(user_id)
        if before.roles != wanted:
            await self._refuse_older_tokens(user_id)
            _log.info("roles_changed", user=user_id, before=before.roles, now=wanted)
        return replace(before, roles=wanted)

    async def page(self, *, after: str, size: int) -> Sequence[User]:
        """List accounts by e-mail address."""
        return await self._users.page(after=after, size=size)

    async def named(self, name: str) -> User:
        """Return the account of an id or an e-mail address.

        Raises:
            UserNotFoundError: there is none.
        """
        user = await self._users.by_id(name) or await self._users.by_email(address_of(name))
        if user is None:
            raise UserNotFoundError(name)
        return user

    async def _refuse_older_tokens(self, user_id: str) -> None:
        """Refuse what was issued by what the account was until now.

        A token that is being issued was decided on before the account was read, and the moment is
        taken after the account was written: it lies after all tokens with the old roles.
        """
        now = self._clock()
        this_millisecond = now - timedelta(microseconds=now.microsecond % 1000)
        await self._users.refuse_tokens(user_id, before=this_millisecond + _MILLISECOND)


def address_of(email: str) -> str:
    """Return an e-mail address as accounts have it."""
    return email.strip().lower()
