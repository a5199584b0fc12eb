"""E-mail addresses as every adapter keeps them."""

from deltastream.domain.errors import InvalidValueError


def require_lower_case(email: str) -> None:
    """Hold an e-mail address to lower case: an address in two spellings is one account.

    Raises:
        InvalidValueError: it is not.
    """
    if email != email.lower():
        raise InvalidValueError("email", "must be in lower case")
