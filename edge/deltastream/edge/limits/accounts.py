"""Whose credentials are, as far as limits are concerned."""

from typing import Protocol

from deltastream.runtime.identity.policy import token_in
from deltastream.runtime.identity.principal import Principal

Sent = str | bytes | None
"""The value of a header; None where none was sent."""


class Recognising(Protocol):
    """Knows tokens at once, or not at all."""

    def recognise(self, token: str) -> Principal | None:
        """Return whom a token identifies; None if that is nobody known here."""
        ...


class KnownKeys(Protocol):
    """Knows API keys at once, or not at all."""

    def known_token(self, api_key: str) -> str | None:
        """Return the token that was got for a key before; None if there is none."""
        ...


class Accounts:
    """Tells the accounts behind credentials, one account's from another's, whichever they are.

    It refuses nobody and asks nobody: a token that does not verify with the keys at hand, and an
    API key that no token was got for yet, are nobody's. So nobody spends what belongs to another by
    naming them, and who makes credentials up has no more than the limits of an address.
    """

    def __init__(self, tokens: Recognising, keys: KnownKeys) -> None:
        self._tokens = tokens
        self._keys = keys

    def of(self, authorization: Sent, api_key: Sent) -> str | None:
        """Return the account that sent these headers; None if nobody known did."""
        token = self._token_of(_text_of(authorization), _text_of(api_key))
        principal = None if token is None else self._tokens.recognise(token)
        return None if principal is None else principal.subject

    def _token_of(self, authorization: str | None, api_key: str | None) -> str | None:
        if authorization:
            return token_in(authorization)
        return self._keys.known_token(api_key) if api_key else None


def of_nobody(authorization: Sent, api_key: Sent) -> None:
    """Know no account."""
    del authorization, api_key


def _text_of(header: Sent) -> str | None:
    """Return a header's text; gRPC has bytes of what is none."""
    return header if isinstance(header, str) else None
