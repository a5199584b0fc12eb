"""How a connection is encrypted, where the usual way will not do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import grpc


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Whom to believe, and what to show; everything in PEM.

    Attributes:
        root_certificates: of the authorities to believe; None is those of the system.
        certificate: one's own, with those that lead to its authority: for who asks its clients.
        key: of that certificate.
        server_name: the name in the server's certificate, where it is not that of the address.
    """

    root_certificates: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = field(default=None, repr=False)
    server_name: str = ""

    def __post_init__(self) -> None:
        if (self.certificate is None) is not (self.key is None):
            raise ValueError("a certificate and its key go together")

    @classmethod
    def from_files(
        cls,
        *,
        ca: str | Path | None = None,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        server_name: str = "",
    ) -> Self:
        """Read the files once; a certificate that is renewed needs a new client.

        Raises:
            OSError: one of them cannot be read.
            ValueError: there is a certificate without a key, or a key without a certificate.
        """
        return cls(
            root_certificates=_read(ca),
            certificate=_read(certificate),
            key=_read(key),
            server_name=server_name,
        )

    def credentials(self) -> grpc.ChannelCredentials:
        """Return the same in gRPC's terms."""
        return grpc.ssl_channel_credentials(self.root_certificates, self.key, self.certificate)

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return what a channel is to be told besides."""
        name = self.server_name
        return (("grpc.ssl_target_name_override", name),) if name else ()


def _read(path: str | Path | None) -> bytes | None:
    return None if path is None else Path(path).read_bytes()
