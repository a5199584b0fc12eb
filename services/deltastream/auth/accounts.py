"""Accounts: registering, logging in, changing the password."""

from dataclasses import replace
from functools import partial

from deltastream.auth.directory import Directory, address_of
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.sessions import Sessions
from deltastream.auth.sign_ins import SignedIn, SignIns
from deltastream.auth.throttle import LoginThrottle
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.log_library import structlog
from deltastream.ports.users import READER, User, UserStore

_log = structlog.get_logger()


class Accounts:
    """What people do with their accounts, apart from how they ask."""

    def __init__(
        self,
        *,
        users: UserStore,
        directory: Directory,
        sessions: Sessions,
        sign_ins: SignIns,
        hasher: PasswordHasher,
        throttle: LoginThrottle,
    ) -> None:
        self._users = users
        self._directory = directory
        self._sessions = sessions
        self._sign_ins = sign_ins
        self._hasher = hasher
        self._throttle = throttle

    async def register(self, *, email: str, password: str, name: str) -> SignedIn:
        """Create an account and sign it in.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
        """
        user = await self._directory.create(
            email=email, password=password, name=name, roles=(READER,)
        )
        return await self._sign_ins.begin(user)

    async def log_in(self, *, email: str, password: str) -> SignedIn:
        """Sign an account in.

        Raises:
            CredentialsInvalidError: no account has this e-mail address, or the password is wrong.
            TooManyAttemptsError: too many were wrong; this one was not looked at.
        """
        address = address_of(email)
        user = await self._users.by_email(address)
        if not await self._is_right(address, password, user) or user is None:
            raise CredentialsInvalidError
        return await self._sign_ins.begin(user)

    async def change_password(self, user: User, *, current: str, new: str) -> SignedIn:
        """Replace a password, end all sessions, and begin a new one.

        Raises:
            CredentialsInvalidError: the current password is wrong, or was replaced meanwhile.
            TooManyAttemptsError: too many were wrong; this one was not looked at.
        """
        if not await self._is_right(user.email, current, user):
            raise CredentialsInvalidError("the current password is wrong")
        password_hash = await self._hasher.hash(new)
        if not await self._users.set_password(
            user.id, password_hash, instead_of=user.password_hash
        ):
            raise CredentialsInvalidError("the current password is wrong")
        ended = await self._sessions.end_all(user.id)
        _log.info("password_changed", user=user.id, sessions_ended=ended)
        return await self._sign_ins.begin(replace(user, password_hash=password_hash))

    async def _is_right(self, address: str, password: str, user: User | None) -> bool:
        hashed = None if user is None else user.password_hash
        right = await self._throttle.judge(address, partial(self._hasher.matches, password, hashed))
        if not right:
            _log.info("password_refused", user=None if user is None else user.id)
        return right
