"""The signing keys at a moment: which one signs, and which ones are published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from deltastream.auth.keys import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedKey:
    """A key and from when on it signs."""

    key: SigningKey
    signs_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """All keys there are, in the order in which they sign; at least one.

    A key is published as soon as it is there: who verifies tokens has learned it when it begins to
    sign. Its predecessor is published until the last token that it signed has ended.
    """

    keys: tuple[DatedKey, ...]

    def signing(self, at: datetime) -> SigningKey:
        """Return the key that signs: the latest of those whose time has come."""
        come = [each.key for each in self.keys if each.signs_from <= at]
        # A clock that was set back must not leave tokens unsigned.
        return come[-1] if come else self.keys[0].key

    def published(self, at: datetime, *, kept: timedelta) -> Sequence[SigningKey]:
        """Return the keys that tokens are verified with.

        Args:
            at: when.
            kept: for how long after it last signed a key is published.
        """
        retired = self.retired(at, kept=kept)
        return [each.key for each in self.keys if each.key.kid not in retired]

    def retired(self, at: datetime, *, kept: timedelta) -> Collection[str]:
        """Return the names of the keys that nothing is verified with any more."""
        return {
            each.key.kid
            for each, successor in pairwise(self.keys)
            if successor.signs_from + kept <= at
        }
