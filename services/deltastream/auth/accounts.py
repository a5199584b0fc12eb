"""Accounts: registering, logging in, and saying whose a token is."""

from dataclasses import dataclass
from uuid import uuid4

from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.tokens import AccessToken, AccessTokens, Claims
from deltastream.domain.errors import CredentialsInvalidError
from deltastream.ports.clock import Clock
from deltastream.ports.users import User, UserStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A user and the token that proves it."""

    user: User
    token: AccessToken


class Accounts:
    """What auth does, apart from how it is asked."""

    def __init__(
        self, *, users: UserStore, hasher: PasswordHasher, tokens: AccessTokens, clock: Clock
    ) -> None:
        self._users = users
        self._hasher = hasher
        self._tokens = tokens
        self._clock = clock

    async def register(self, *, email: str, password: str, name: str) -> SignedIn:
        """Create an account and sign it in.

        Raises:
            EmailTakenError: an account with this e-mail address exists.
        """
        address = email.strip().lower()
        user = User(
            id=uuid4().hex,
            email=address,
            name=name.strip() or address.partition("@")[0],
            roles=("reader",),
            created_at=self._clock(),
            password_hash=await self._hasher.hash(password),
        )
        await self._users.add(user)
        return self._signed_in(user)

    async def log_in(self, *, email: str, password: str) -> SignedIn:
        """Sign an account in.

        Raises:
            CredentialsInvalidError: no account has this e-mail address, or the password is wrong.
        """
        user = await self._users.by_email(email.strip().lower())
        matches = await self._hasher.matches(password, None if user is None else user.password_hash)
        if user is None or not matches:
            raise CredentialsInvalidError
        return self._signed_in(user)

    async def owner(self, token: str) -> tuple[User, Claims]:
        """Return whose token it is.

        Raises:
            CredentialsInvalidError: it is nobody's.
            TokenExpiredError: its time is over.
        """
        claims = self._tokens.verify(token)
        user = await self._users.by_id(claims.user_id)
        if user is None:
            raise CredentialsInvalidError("the token is not valid")
        return user, claims

    def _signed_in(self, user: User) -> SignedIn:
        return SignedIn(user=user, token=self._tokens.issue(user.id, user.roles))
