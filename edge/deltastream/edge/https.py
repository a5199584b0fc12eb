"""HTTPS with a certificate that is replaced under a running edge."""

import asyncio
import socket
import ssl

from aiohttp import web

from deltastream.log_library import structlog
from deltastream.runtime.tls.mounted import MountedTls

_log = structlog.get_logger()


class HttpsSite(web.SockSite):
    """A listening socket, with a bound that aiohttp's lacks: how long a handshake may take.

    Args:
        runner: of the application.
        listening: the socket.
        tls: what it shows.
        handshake_seconds: that bound.
    """

    __slots__ = ("_handshake_seconds",)

    def __init__(
        self,
        runner: web.BaseRunner,
        listening: socket.socket,
        tls: MountedTls,
        *,
        handshake_seconds: float,
    ) -> None:
        super().__init__(runner, listening, ssl_context=https_context(tls))
        self._handshake_seconds = handshake_seconds

    async def start(self) -> None:
        """See aiohttp."""
        await web.BaseSite.start(self)
        assert self._runner.server is not None  # noqa: S101 - it was asked for when this was made
        self._server = await asyncio.get_running_loop().create_server(
            self._runner.server,
            sock=self._sock,
            ssl=self._ssl_context,
            ssl_handshake_timeout=self._handshake_seconds,
            ssl_shutdown_timeout=self._handshake_seconds,
            backlog=self._backlog,
        )


def https_context(tls: MountedTls) -> ssl.SSLContext:
    """Return what listeners take: every handshake has the certificate of its moment.

    Args:
        tls: that certificate.
    """
    shown, current = tls.current(), _context(tls)

    def renewed(connection: ssl.SSLObject, _: str | None, __: ssl.SSLContext) -> None:
        nonlocal shown, current
        material = tls.current()
        if material is not shown:
            try:
                shown, current = material, _context(tls)
            except (OSError, ssl.SSLError) as error:
                # They changed again while they were read; the next handshake finds out.
                _log.warning("https_certificate_not_read", error=type(error).__name__)
                return
        connection.context = current

    listening = _context(tls)
    # OpenSSL asks it in every handshake, whether its client names a server or not.
    listening.sni_callback = renewed
    return listening


def _context(tls: MountedTls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    # The library reads certificates from files alone.
    context.load_cert_chain(tls.files.certificate, tls.files.key)
    return context
