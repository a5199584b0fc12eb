"""Certificates in files, as settings name them and as an orchestrator mounts them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deltastream.runtime.tls.material import (
    TlsMaterial,
    own_certificate,
    require_authorities,
    require_key,
)


class TlsFilesError(Exception):
    """The files cannot be used; the text names setting and file, and nothing that is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where certificate, key and authorities lie.

    Attributes:
        variables: what the environment variables that say so begin with.
        certificate: see TlsMaterial.
        key: see there.
        ca: see there.
    """

    variables: str
    certificate: Path
    key: Path
    ca: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        return tuple(path for path in (self.certificate, self.key, self.ca) if path is not None)

    def read(self, *, now: datetime) -> TlsMaterial:
        """Read the files, and check that they belong together and can be used now.

        Raises:
            TlsFilesError: they do not, or cannot.
        """
        chain = self._bytes("CERTIFICATE", self.certificate)
        key = self._bytes("KEY", self.key)
        ca = None if self.ca is None else self._bytes("CA", self.ca)
        name, path = "CERTIFICATE", self.certificate
        try:
            certificate = own_certificate(chain, now=now)
            name, path = "KEY", self.key
            require_key(key, certificate=certificate)
            if self.ca is not None and ca is not None:
                name, path = "CA", self.ca
                require_authorities(ca, now=now)
        except ValueError as error:
            raise TlsFilesError(f"{self.variables}_{name}: {path} {error}") from None
        return TlsMaterial(
            certificate=chain,
            key=key,
            ca=ca,
            serial=f"{certificate.serial_number:X}",
            expires_at=certificate.not_valid_after_utc,
        )

    def _bytes(self, name: str, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            problem = f"{self.variables}_{name}: cannot read {path}: {error.strerror}"
            raise TlsFilesError(problem) from None
