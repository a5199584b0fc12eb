"""The signing keys of a running auth, which follow their files."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from deltastream.auth.key_files import Fingerprint, KeyFiles
from deltastream.auth.key_ring import KeyRing
from deltastream.auth.keys import SigningKey, SigningKeyError
from deltastream.log_library import structlog

_log = structlog.get_logger()

POLL_SECONDS: Final = 5.0


class SigningKeys:
    """The keys at hand."""

    def __init__(self, ring: KeyRing, *, kept: timedelta) -> None:
        self._ring = ring
        self._kept = kept

    def signing(self, at: datetime) -> SigningKey:
        """Return the key that signs."""
        return self._ring.signing(at)

    def published(self, at: datetime) -> Sequence[SigningKey]:
        """Return the keys that tokens are verified with."""
        return self._ring.published(at, kept=self._kept)

    def verifying(self, kid: str, at: datetime) -> SigningKey | None:
        """Return the key of a name if tokens are verified with it."""
        return next((key for key in self.published(at) if key.kid == kid), None)

    async def follow(self, files: KeyFiles, *, interval: float = POLL_SECONDS) -> None:
        """Take over what changes in the files, for ever.

        What cannot be used is logged, and the keys at hand stay: a mistake in the folder must not
        end what works.
        """
        seen: Fingerprint | None = None
        problem = ""
        while True:
            try:
                now = await asyncio.to_thread(files.fingerprint)
                if now != seen:
                    self._take_over(await asyncio.to_thread(files.load))
                    seen, problem = now, ""
            except (OSError, SigningKeyError) as error:
                # Once, and not at each look.
                if str(error) != problem:
                    problem = str(error)
                    _log.error("signing_keys_unusable", error=problem)
            await asyncio.sleep(interval)

    def _take_over(self, ring: KeyRing) -> None:
        if [each.key.kid for each in ring.keys] == [each.key.kid for each in self._ring.keys]:
            return
        self._ring = ring
        _log.info("signing_keys_changed", kids=[each.key.kid for each in ring.keys])
