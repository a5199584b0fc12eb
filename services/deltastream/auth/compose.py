"""Puts auth together."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from deltastream.auth.accounts import Accounts
from deltastream.auth.api_keys import ApiKeys
from deltastream.auth.callers import Callers
from deltastream.auth.directory import Directory
from deltastream.auth.key_ring import KeyRing
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.revocations import Revocations
from deltastream.auth.service_tokens import ServiceTokens
from deltastream.auth.sessions import Sessions
from deltastream.auth.settings import AuthSettings
from deltastream.auth.sign_ins import SignIns
from deltastream.auth.signing_keys import SigningKeys
from deltastream.auth.throttle import LoginThrottle
from deltastream.auth.tokens import AccessTokens
from deltastream.ports.clock import Clock
from deltastream.ports.users import UserDatabase

_SERVICE_TOKENS: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """The parts that the service hands calls to."""

    accounts: Accounts
    directory: Directory
    sign_ins: SignIns
    sessions: Sessions
    api_keys: ApiKeys
    callers: Callers
    revocations: Revocations
    service_tokens: ServiceTokens
    keys: SigningKeys
    clock: Clock


def compose(
    database: UserDatabase,
    *,
    ring: KeyRing,
    hasher: PasswordHasher,
    settings: AuthSettings,
    clock: Clock,
) -> Auth:
    """Put auth together over a user database."""
    keys = SigningKeys(ring, kept=settings.keys_kept)
    tokens = AccessTokens(keys=keys, lifetime=settings.access_lifetime, clock=clock)
    sessions = Sessions(store=database.sessions, lifetime=settings.session_lifetime, clock=clock)
    sign_ins = SignIns(users=database.users, sessions=sessions, tokens=tokens, clock=clock)
    directory = Directory(users=database.users, hasher=hasher, clock=clock)
    return Auth(
        directory=directory,
        accounts=Accounts(
            users=database.users,
            directory=directory,
            sessions=sessions,
            sign_ins=sign_ins,
            hasher=hasher,
            throttle=LoginThrottle(clock=clock),
        ),
        sign_ins=sign_ins,
        sessions=sessions,
        api_keys=ApiKeys(store=database.api_keys, users=database.users, tokens=tokens, clock=clock),
        callers=Callers(tokens=tokens, database=database),
        revocations=Revocations(database=database, lifetime=settings.access_lifetime, clock=clock),
        service_tokens=ServiceTokens(
            secret=settings.service_secret,
            tokens=AccessTokens(keys=keys, lifetime=_SERVICE_TOKENS, clock=clock),
        ),
        keys=keys,
        clock=clock,
    )
