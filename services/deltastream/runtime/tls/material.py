"""What TLS is spoken with, and whether it can be."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_UsableKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsMaterial:
    """A certificate with its key, and whom to believe; all in PEM.

    Attributes:
        certificate: one's own, followed by those that lead from it to an authority.
        key: of the certificate.
        ca: the authorities whose certificates are believed; None asks nobody for one.
        serial: the certificate's number, as `openssl x509 -serial` shows it.
        expires_at: when it ends.
    """

    certificate: bytes
    key: bytes = field(repr=False)
    ca: bytes | None
    serial: str
    expires_at: datetime


def own_certificate(pem: bytes, *, now: datetime) -> x509.Certificate:
    """Read one's own certificate: the first.

    Raises:
        ValueError: there is none, or it is not valid now; the text says so of "it".
    """
    certificate = _certificates(pem)[0]
    if certificate.not_valid_after_utc <= now:
        raise ValueError(f"expired at {certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC")
    if certificate.not_valid_before_utc > now:
        raise ValueError(f"begins at {certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC only")
    if not isinstance(certificate.public_key(), _UsableKey):
        raise ValueError("is for a kind of key that gRPC cannot use; take RSA or ECDSA")  # noqa: TRY004 - of a file
    return certificate


def require_key(pem: bytes, *, certificate: x509.Certificate) -> None:
    """Check a private key.

    Raises:
        ValueError: it is none, or not that of the certificate. Nothing of it is in the text.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What the library says may hold what it read.
        raise ValueError("holds no private key in PEM without a password") from None
    if _bytes_of(key.public_key()) != _bytes_of(certificate.public_key()):
        raise ValueError("does not fit the certificate")


def require_authorities(pem: bytes, *, now: datetime) -> None:
    """Check the certificates of authorities.

    Raises:
        ValueError: there are none, or none that is valid still.
    """
    ends = [certificate.not_valid_after_utc for certificate in _certificates(pem)]
    if max(ends) <= now:
        raise ValueError(f"expired at {max(ends):%Y-%m-%d %H:%M:%S} UTC")


def _certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ValueError("holds no certificate in PEM") from None


def _bytes_of(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
