"""What can go wrong, in the words of the domain.

An error knows its reason and the facts that belong to it, and nothing of gRPC or HTTP: one table
in `deltastream.runtime.errors` gives each its status code.
"""

import math
from collections.abc import Iterable
from typing import Final

# An error has to fit into what gRPC's clients take of headers.
_MOST_NAMES: Final = 40
_OTHERS: Final = "…"


class DomainError(Exception):
    """A failure that a caller can understand.

    Attributes:
        metadata: the facts of this case, for programs.
    """

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.metadata = metadata


class ProductNotFoundError(DomainError):
    """No product of this symbol is known."""

    def __init__(self, product: str, known: Iterable[str]) -> None:
        names = ", ".join(_some_of(known)) or "none yet"
        super().__init__(
            f"product {product} is not known; known are: {names}", product=product, known=names
        )


def _some_of(names: Iterable[str]) -> list[str]:
    """Return names in order: the first, and a sign that there are others, where they are many."""
    known = set(names)
    shown = sorted(known - {_OTHERS})
    if len(shown) > _MOST_NAMES or _OTHERS in known:
        return [*shown[:_MOST_NAMES], _OTHERS]
    return shown


class ExpiryNotFoundError(DomainError):
    """The product is known, but it has no chain of this expiry."""

    def __init__(self, product: str, expiry: str) -> None:
        super().__init__(
            f"{product} has no chain of expiry {expiry}", product=product, expiry=expiry
        )


class SymbolNotFoundError(DomainError):
    """No option of this symbol has a quote."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"no quote of {symbol} is stored", symbol=symbol)


class InvalidValueError(DomainError):
    """A field has the right shape and no possible meaning, such as February 30."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}", field=field)
        self.field = field
        self.problem = problem


class PageTokenInvalidError(DomainError):
    """The page token was not issued for this filter, or was altered."""

    def __init__(self) -> None:
        super().__init__("the page token does not belong to this filter; start again without one")


class EmailTakenError(DomainError):
    """An account with this e-mail address exists."""

    def __init__(self) -> None:
        super().__init__("an account with this e-mail address exists; log in instead")


class CredentialsMissingError(DomainError):
    """No credentials were sent to a method that needs them."""

    def __init__(self) -> None:
        super().__init__("send an access token: `authorization: Bearer TOKEN`")


class CredentialsInvalidError(DomainError):
    """The credentials identify nobody; the message never says which part was wrong."""

    def __init__(self, message: str = "the e-mail address or the password is wrong") -> None:
        super().__init__(message)


class TokenExpiredError(DomainError):
    """The token was genuine and its time is over."""

    def __init__(self, message: str = "the token has expired; log in again") -> None:
        super().__init__(message)


class TooManyAttemptsError(DomainError):
    """Too many wrong passwords in a row; the one of this call was not looked at.

    Attributes:
        retry_after: seconds until the next one is.
    """

    def __init__(self, *, attempts: int, retry_after: float) -> None:
        super().__init__(
            f"{attempts} wrong passwords in a row; try again in {math.ceil(retry_after)} s",
            attempts=str(attempts),
        )
        self.retry_after = retry_after


class AccountRequiredError(DomainError):
    """The token is genuine, and belongs to no account."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"{subject} is no account; log in as a user", subject=subject)


class SessionRequiredError(DomainError):
    """The token comes of an API key, which manages no account."""

    def __init__(self) -> None:
        super().__init__("an API key manages no account; log in with the password")


class UserNotFoundError(DomainError):
    """No account has this id."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"there is no account {user_id}", user_id=user_id)


class LastAdministratorError(DomainError):
    """Without this account nobody would be an administrator."""

    def __init__(self, user_id: str) -> None:
        super().__init__(
            f"account {user_id} is the last administrator; make another one first", user_id=user_id
        )


class ApiKeyNotFoundError(DomainError):
    """The account has no API key of this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no API key {key_id}; it may have been deleted", id=key_id)


class TooManyApiKeysError(DomainError):
    """The account has as many API keys as one may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"an account has at most {limit} API keys; delete some", limit=str(limit))


class DependencyUnavailableError(DomainError):
    """Something this call needs does not answer; it may be tried again."""

    def __init__(
        self, dependency: str, problem: str = "does not answer; try again shortly"
    ) -> None:
        super().__init__(f"{dependency} {problem}", dependency=dependency)


class DependencyFullError(DependencyUnavailableError):
    """Something that this call writes to has no room left; trying again helps when it has."""

    def __init__(self, dependency: str) -> None:
        super().__init__(dependency, "has no room left; give it more, or let it keep less")


class LeaseLostError(DomainError):
    """Another replica may do this now, or nobody; what was attempted has not happened.

    Attributes:
        names: of the leases that are not held any more.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        text = ", ".join(sorted(self.names))
        super().__init__(f"the lease of {text} is not held any more", names=text)


class LetterNotFoundError(DomainError):
    """No dead letter has this id, or not any more."""

    def __init__(self, letter: str) -> None:
        super().__init__(
            f"there is no dead letter {letter}; it may have been replayed or purged", id=letter
        )


class OverloadedError(DomainError):
    """The server has as many calls under way as it takes on."""

    def __init__(self, limit: int) -> None:
        super().__init__("the server is busy; try again shortly", limit=str(limit))


class NotOfferedError(DomainError):
    """The method is part of the contract, and this server does not offer it."""

    def __init__(self, method: str) -> None:
        super().__init__(f"{method} is not offered by this version of the server", method=method)


class SourceFormatError(DomainError):
    """A file is no snapshot that the replay source can read."""
