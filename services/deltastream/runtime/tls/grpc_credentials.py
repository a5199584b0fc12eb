"""TLS in gRPC's terms."""

import grpc

from deltastream.runtime.tls.material import TlsMaterial
from deltastream.runtime.tls.mounted import MountedTls


def server_credentials(tls: MountedTls) -> grpc.ServerCredentials:
    """Return what a server shows; every handshake has the certificate of its moment.

    Where authorities are named, callers must show a certificate of theirs.
    """
    shown = tls.current()

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal shown
        material = tls.current()
        if material is shown:
            return None
        shown = material
        return _configuration(material)

    return grpc.dynamic_ssl_server_credentials(
        _configuration(shown),
        renewed,  # type: ignore[arg-type]  # the stubs forget None: no change
        require_client_authentication=shown.ca is not None,
    )


def channel_credentials(material: TlsMaterial) -> grpc.ChannelCredentials:
    """Return what a client shows, and whom it believes; gRPC cannot change them later."""
    return grpc.ssl_channel_credentials(
        root_certificates=material.ca,
        private_key=material.key,
        certificate_chain=material.certificate,
    )


def _configuration(material: TlsMaterial) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(material.key, material.certificate)], root_certificates=material.ca
    )
