"""From domain errors to google.rpc.Status, in one table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from deltastream.domain import errors
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.header_room import those_that_fit

ERROR_DOMAIN: Final = "deltastream.dev"
STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"
_REASON_PREFIX: Final = "ERROR_REASON_"
_RETRY_AFTER_SECONDS: Final = 1


class ValidationFailedError(errors.DomainError):
    """The request breaks rules of the contract.

    Attributes:
        violations: pairs of a field path and what is wrong with it: the first of them, where they
            are many.
    """

    def __init__(self, violations: Iterable[tuple[str, str]]) -> None:
        found = tuple(violations)
        self.violations = those_that_fit(found)
        text = "; ".join(f"{field}: {problem}" for field, problem in self.violations)
        left = len(found) - len(self.violations)
        super().__init__(f"{text}; and {left} more" if left else text, violations=str(len(found)))


class MalformedRequestError(errors.DomainError):
    """The bytes of a request are no message of the contract."""

    def __init__(self) -> None:
        super().__init__("the request cannot be decoded as the message that the method takes")


class RoleInsufficientError(errors.DomainError):
    """The caller is known, and may not call this method."""

    def __init__(self, required: str) -> None:
        super().__init__(f"this method needs the role {required}", required=required)


class DeadlineExceededError(errors.DomainError):
    """The time the caller gave ran out."""

    def __init__(self) -> None:
        super().__init__("the deadline passed before the answer was ready")


class DrainingError(errors.DomainError):
    """The server is going away."""

    def __init__(self) -> None:
        super().__init__("this server is shutting down; try again, another may answer")


class SlowConsumerError(errors.DomainError):
    """A LOSSLESS subscriber fell behind what is held."""

    def __init__(self, product: str) -> None:
        super().__init__(
            f"the subscriber fell behind what is held of {product}; reconnect for a snapshot",
            product=product,
        )


@dataclass(frozen=True, slots=True)
class _Meaning:
    code: grpc.StatusCode
    reason: "ErrorReason.ValueType"
    retry: bool = False


_MEANINGS: Final[dict[type[errors.DomainError], _Meaning]] = {
    ValidationFailedError: _Meaning(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_VALIDATION_FAILED
    ),
    MalformedRequestError: _Meaning(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_MALFORMED_REQUEST
    ),
    errors.InvalidValueError: _Meaning(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_VALIDATION_FAILED
    ),
    errors.PageTokenInvalidError: _Meaning(
        grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID
    ),
    errors.ProductNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_PRODUCT_NOT_FOUND
    ),
    errors.ExpiryNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_EXPIRY_NOT_FOUND
    ),
    errors.SymbolNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_SYMBOL_NOT_FOUND
    ),
    errors.EmailTakenError: _Meaning(
        grpc.StatusCode.ALREADY_EXISTS, ErrorReason.ERROR_REASON_EMAIL_TAKEN
    ),
    errors.CredentialsMissingError: _Meaning(
        grpc.StatusCode.UNAUTHENTICATED, ErrorReason.ERROR_REASON_CREDENTIALS_MISSING
    ),
    errors.CredentialsInvalidError: _Meaning(
        grpc.StatusCode.UNAUTHENTICATED, ErrorReason.ERROR_REASON_CREDENTIALS_INVALID
    ),
    errors.TokenExpiredError: _Meaning(
        grpc.StatusCode.UNAUTHENTICATED, ErrorReason.ERROR_REASON_TOKEN_EXPIRED
    ),
    errors.TooManyAttemptsError: _Meaning(
        grpc.StatusCode.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_TOO_MANY_ATTEMPTS, retry=True
    ),
    errors.AccountRequiredError: _Meaning(
        grpc.StatusCode.PERMISSION_DENIED, ErrorReason.ERROR_REASON_ACCOUNT_REQUIRED
    ),
    errors.SessionRequiredError: _Meaning(
        grpc.StatusCode.PERMISSION_DENIED, ErrorReason.ERROR_REASON_SESSION_REQUIRED
    ),
    errors.UserNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_USER_NOT_FOUND
    ),
    errors.LastAdministratorError: _Meaning(
        grpc.StatusCode.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_LAST_ADMINISTRATOR
    ),
    errors.ApiKeyNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_API_KEY_NOT_FOUND
    ),
    errors.TooManyApiKeysError: _Meaning(
        grpc.StatusCode.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_TOO_MANY_API_KEYS
    ),
    RoleInsufficientError: _Meaning(
        grpc.StatusCode.PERMISSION_DENIED, ErrorReason.ERROR_REASON_ROLE_INSUFFICIENT
    ),
    errors.DependencyUnavailableError: _Meaning(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, retry=True
    ),
    errors.DependencyFullError: _Meaning(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_STORE_FULL,
        retry=True,
    ),
    DrainingError: _Meaning(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_DRAINING, retry=True
    ),
    SlowConsumerError: _Meaning(
        grpc.StatusCode.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_SLOW_CONSUMER, retry=True
    ),
    DeadlineExceededError: _Meaning(
        grpc.StatusCode.DEADLINE_EXCEEDED, ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED
    ),
    errors.LeaseLostError: _Meaning(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, retry=True
    ),
    errors.LetterNotFoundError: _Meaning(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_DEAD_LETTER_NOT_FOUND
    ),
    errors.OverloadedError: _Meaning(
        grpc.StatusCode.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_OVERLOADED, retry=True
    ),
    errors.NotOfferedError: _Meaning(
        grpc.StatusCode.UNIMPLEMENTED, ErrorReason.ERROR_REASON_NOT_IMPLEMENTED
    ),
}
_INTERNAL: Final = _Meaning(grpc.StatusCode.INTERNAL, ErrorReason.ERROR_REASON_INTERNAL)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call fails on the wire."""

    code: grpc.StatusCode
    message: str
    details: bytes
    """A serialised google.rpc.Status, for the `grpc-status-details-bin` metadata."""


def reason_name(reason: "ErrorReason.ValueType") -> str:
    """Return a reason as ErrorInfo carries it, without the enum's prefix."""
    return ErrorReason.Name(reason).removeprefix(_REASON_PREFIX)


def failure_of(error: errors.DomainError) -> Failure:
    """Say how a domain error fails on the wire."""
    meaning = _meaning_of(error)
    details: list[Message] = [_error_info(meaning, error.metadata)]
    if isinstance(error, ValidationFailedError):
        details.append(_bad_request(error.violations))
    elif isinstance(error, errors.InvalidValueError):
        details.append(_bad_request([(error.field, error.problem)]))
    if meaning.retry:
        retry = error_details_pb2.RetryInfo()
        seconds = getattr(error, "retry_after", _RETRY_AFTER_SECONDS)
        retry.retry_delay.FromTimedelta(timedelta(seconds=seconds))
        details.append(retry)
    return _failure(meaning.code, str(error), details)


def internal_failure() -> Failure:
    """Say that the fault is the server's own, and nothing else about it."""
    message = "internal error; the server's log has the cause"
    return _failure(_INTERNAL.code, message, [_error_info(_INTERNAL, {})])


def _meaning_of(error: errors.DomainError) -> _Meaning:
    for ancestor in type(error).__mro__:
        if ancestor in _MEANINGS:
            return _MEANINGS[ancestor]
    return _INTERNAL


def _error_info(meaning: _Meaning, metadata: dict[str, str]) -> Message:
    info: Message = error_details_pb2.ErrorInfo(
        reason=reason_name(meaning.reason), domain=ERROR_DOMAIN, metadata=metadata
    )
    return info


def _bad_request(violations: Iterable[tuple[str, str]]) -> Message:
    details: Message = error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=field, description=problem)
            for field, problem in violations
        ]
    )
    return details


def _failure(code: grpc.StatusCode, message: str, details: Iterable[Message]) -> Failure:
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return Failure(code, message, status.SerializeToString())
