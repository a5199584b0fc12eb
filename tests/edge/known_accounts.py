"""Accounts that the edge knows: of real tokens, and of keys that tokens were got for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fixtures.token_authority import TokenAuthority

from deltastream.edge.limits.accounts import Accounts
from deltastream.runtime.identity.keyring import Keyring
from deltastream.runtime.identity.revocations import Revocations
from deltastream.runtime.identity.verifier import TokenVerifier


@dataclass(kw_only=True)
class Known:
    """Knows the tokens of an authority, and a few keys."""

    authority: TokenAuthority = field(default_factory=TokenAuthority)
    keys: Mapping[str, str] = field(default_factory=dict)

    async def accounts(self) -> Accounts:
        """Return who is known, once the public keys are."""
        keyring = Keyring(self._public_keys)
        await keyring.find("")
        self.revocations = Revocations(self._revocations)
        return Accounts(TokenVerifier(keys=keyring, revocations=self.revocations), self)

    def known_token(self, api_key: str) -> str | None:
        """Return the token of a key."""
        return self.keys.get(api_key)

    async def _public_keys(self) -> dict[str, Any]:
        return {kid: key.public_key() for kid, key in self.authority.keys.items()}

    async def _revocations(self) -> dict[str, float]:
        return dict(self.authority.revocations)
