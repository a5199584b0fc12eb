"""What MongoDB's failures mean to a caller."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from deltastream.domain.errors import DependencyUnavailableError, InvalidValueError

DEPENDENCY: Final = "store"

DUPLICATE_KEY: Final = 11000
# Of one write, which may well succeed a moment later.
_MOMENTARY: Final = frozenset(
    {
        24,  # LockTimeout
        46,  # LockBusy
        112,  # WriteConflict
        16500,  # too many requests, of servers that are paid by the request
    }
)

_REFUSED: Final = frozenset(
    {
        13,  # Unauthorized
        18,  # AuthenticationFailed
        8000,  # refused by Atlas
    }
)
_NOT_ANSWERING: Final = _MOMENTARY | frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        50,  # MaxTimeMSExpired
        64,  # WriteConcernFailed
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        100,  # UnsatisfiableWriteConcern
        133,  # FailedToSatisfyReadPreference
        134,  # ReadConcernMajorityNotAvailableYet
        189,  # PrimarySteppedDown
        202,  # NetworkInterfaceExceededTimeLimit
        262,  # ExceededTimeLimit
        9001,  # SocketException
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11602,  # InterruptedDueToReplStateChange
        13388,  # StaleConfig
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
        14031,  # OutOfDiskSpace
    }
)


class DatabaseUnusableError(ValueError):
    """The URL that was given leads to no usable database; the text says why and what to do."""


class DocumentRefusedError(RuntimeError):
    """The database refused a document for what it says: a mistake of ours."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into those of the domain, where the domain has one.

    Raises:
        DependencyUnavailableError: the database did not answer in time, or cannot work at present.
        InvalidValueError: a value does not fit in 64 bits, or a document in 16 MiB.
    """
    try:
        yield
    except OverflowError as error:
        # Of the contract's integers only sequences, which are unsigned, can be so large.
        raise InvalidValueError("sequence", "must be below 2^63") from error
    except DocumentTooLarge as error:
        raise InvalidValueError("legs", "must fit in a document of 16 MiB") from error
    except PyMongoError as error:
        if not does_not_answer(error):
            raise
        raise DependencyUnavailableError(DEPENDENCY) from error


@contextmanager
def usable() -> Iterator[None]:
    """Tell what no waiting changes from what it may, while a database is opened.

    Raises:
        DatabaseUnusableError: credentials are refused, or driver and server do not go together.
    """
    try:
        yield
    except ConfigurationError as error:
        raise DatabaseUnusableError(f"the MongoDB server cannot be used: {error}") from error
    except OperationFailure as error:
        if error.code not in _REFUSED:
            raise
        raise DatabaseUnusableError(
            "the MongoDB server refuses the URL's credentials; check user, password, authSource"
            " and the role, which must allow reading, writing and making indexes"
        ) from error


def does_not_answer(error: PyMongoError) -> bool:
    """Say whether an error is the database's condition, and not a mistake of ours."""
    if error.timeout:
        return True
    if isinstance(error, OperationFailure):
        return (
            isinstance(error, ExecutionTimeout | WriteConcernError)
            or error.code in _NOT_ANSWERING | _REFUSED
        )
    return isinstance(error, ConnectionFailure | ConfigurationError)


def unrepairable(error: BulkWriteError) -> Exception | None:
    """Return what a caller is to be told of failed writes; None when repeating them may help.

    The driver's own error holds the documents, and is not for logs.
    """
    if error.details["writeConcernErrors"]:
        return DependencyUnavailableError(DEPENDENCY)
    others = [
        each
        for each in error.details["writeErrors"]
        if each["code"] != DUPLICATE_KEY and each["code"] not in _MOMENTARY
    ]
    if not others:
        return None
    if all(each["code"] in _NOT_ANSWERING | _REFUSED for each in others):
        return DependencyUnavailableError(DEPENDENCY)
    return DocumentRefusedError(
        f"MongoDB refuses {len(others)} documents, the first with code {others[0]['code']}"
    )
