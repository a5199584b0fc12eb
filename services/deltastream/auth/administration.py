"""Accounts from the command line: on the user database itself, without a token."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from deltastream.adapters.users.choose import open_users
from deltastream.auth.directory import Directory
from deltastream.auth.passwords import PasswordHasher
from deltastream.auth.settings import AuthSettings
from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.domain.errors import DomainError, EmailTakenError
from deltastream.ports.users import ADMIN, READER, User
from deltastream.runtime.clock import utc_now
from deltastream.runtime.interceptors.validation import require_valid
from deltastream.runtime.settings import SettingsError

_PAGE: Final = 500


class AdministrationError(Exception):
    """It cannot be done; the text says what to change."""


async def create_admin(
    data_dir: Path, users_url: str, *, email: str, password: str, name: str
) -> str:
    """Create an account that is an administrator.

    Raises:
        AdministrationError: it is no address, or no password; or the account exists.
    """
    async with _directory(data_dir, users_url) as directory:
        # What an account may look like is written in the contract.
        require_valid(pb.RegisterRequest(email=email, password=password, name=name))
        try:
            user = await directory.create(
                email=email, password=password, name=name, roles=(READER, ADMIN)
            )
        except EmailTakenError:
            raise AdministrationError(
                f"an account {email} exists; make it an administrator with"
                f" `deltastream users set-roles {email} reader admin`"
            ) from None
        return f"created {_line(user)}"


async def list_accounts(data_dir: Path, users_url: str) -> str:
    """Return a line for each account.

    Raises:
        AdministrationError: the database cannot be read.
    """
    text, after = "", ""
    async with _directory(data_dir, users_url) as directory:
        while page := await directory.page(after=after, size=_PAGE):
            text += "".join(f"{_line(user)}\n" for user in page)
            after = page[-1].email
    return text


async def set_roles(data_dir: Path, users_url: str, *, account: str, roles: Sequence[str]) -> str:
    """Replace the roles of an account.

    Raises:
        AdministrationError: there is no such account, or it is the last administrator.
    """
    async with _directory(data_dir, users_url) as directory:
        user = await directory.named(account)
        return _line(await directory.set_roles(user.id, roles))


@asynccontextmanager
async def _directory(data_dir: Path, users_url: str) -> AsyncIterator[Directory]:
    try:
        settings = AuthSettings.load(data_dir=data_dir, users_url=users_url)
        database = await open_users(settings.user_store_url)
    except (SettingsError, ValueError) as error:
        raise AdministrationError(str(error)) from error
    try:
        with PasswordHasher(cost=settings.bcrypt_cost) as hasher:
            yield Directory(users=database.users, hasher=hasher, clock=utc_now)
    except DomainError as error:
        raise AdministrationError(str(error)) from error
    finally:
        await database.close()


def _line(user: User) -> str:
    return f"{user.id}  {user.email}  {','.join(user.roles)}  {user.name}"
