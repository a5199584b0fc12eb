"""The admin port of a role: what it measures, whether it lives, whether it serves."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from deltastream.log_library import structlog
from deltastream.runtime.background import running
from deltastream.runtime.health import Health
from deltastream.runtime.lateness import watch_lateness
from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.exposition import CONTENT_TYPE, exposition
from deltastream.runtime.telemetry.http_listener import Page, answering
from deltastream.runtime.telemetry.instruments import PROCESS, Instruments
from deltastream.runtime.tls.mounted import MountedTls
from deltastream.runtime.version import installed_version

_log = structlog.get_logger()
_LATENESS_INTERVAL: Final = 0.05
_JSON: Final = "application/json"


@asynccontextmanager
async def administering(
    settings: RoleSettings, health: Health, *, instruments: Instruments = PROCESS
) -> AsyncIterator[int | None]:
    """Answer who watches the process while the block runs. Yields the port, None without one.

    Args:
        settings: of the role; `admin_listen` says where.
        health: says whether the role serves.
        instruments: what is scraped.

    Raises:
        ListenError: the address is in use, not ours, or none.
    """
    if not settings.admin_listen:
        yield None
        return
    _describe(settings, health, instruments)
    admin = Admin(role=settings.role, health=health, instruments=instruments)
    pages = {"/metrics": admin.metrics, "/healthz": admin.lives, "/readyz": admin.serves}
    late = instruments.histogram(names.EVENT_LOOP_LATENESS)
    async with (
        answering(settings.admin_listen, pages, share_port=settings.share_port) as port,
        running(watch_lateness(late.observe, interval=_LATENESS_INTERVAL)),
    ):
        _log.info("admin_listening", address=settings.admin_listen, port=port)
        yield port


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """What the pages say."""

    role: str
    health: Health
    instruments: Instruments

    async def metrics(self) -> Page:
        """Say all that is measured, as Prometheus reads it."""
        return Page(content_type=CONTENT_TYPE, body=await exposition(self.instruments.registry))

    async def lives(self) -> Page:
        """Say that the event loop runs: whoever restarts what does not answer needs no more."""
        return Page(content_type=_JSON, body=_encoded({"role": self.role}))

    async def serves(self) -> Page:
        """Say whether the role serves, and name what is away."""
        ready = self.health.ready
        said = {
            "role": self.role,
            "ready": ready,
            "draining": self.health.draining,
            "away": self.health.away,
        }
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return Page(status=status, content_type=_JSON, body=_encoded(said))


def _encoded(said: dict[str, object]) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _describe(settings: RoleSettings, health: Health, instruments: Instruments) -> None:
    """Show what there is to measure, and measure what is known without anything happening."""
    instruments.declare(names.metrics_of(settings.role))
    instruments.gauge(names.BUILD_INFO, version=installed_version(), role=settings.role).set(1)
    instruments.gauge(names.READY).set_function(lambda: health.ready)
    certificates = {"mesh": settings.mesh_tls}
    if settings.listening_tls is not settings.mesh_tls:
        certificates["public"] = settings.listening_tls
    for name, tls in certificates.items():
        if tls is not None:
            expiry = instruments.gauge(names.CERTIFICATE_EXPIRY, certificate=name)
            expiry.set_function(partial(_expiry, tls))


def _expiry(tls: MountedTls) -> float:
    return tls.current().expires_at.timestamp()
