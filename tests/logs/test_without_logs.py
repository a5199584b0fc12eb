"""A mesh without the log service: everything else serves, and says so."""

import grpc
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tests.edge.transcoder_mesh import json_of
from tests.fixtures.grpc_loopback import loopback

from deltastream.edge.contract import SERVICES
from deltastream.edge.health import add_health
from deltastream.edge.settings import EdgeSettings
from deltastream.runtime.health import Health
from deltastream.runtime.roles import ROLES, role_named

NAMES = tuple(service.full_name for service in SERVICES)
LOGS = "deltastream.logs.v1.LogsService"


@pytest.mark.parametrize(
    ("away", "status"), [(LOGS, "SERVING"), ("deltastream.storage.v1.StorageService", "DEGRADED")]
)
async def test_the_edge_is_whole_without_it_and_without_no_other(away: str, status: str) -> None:
    health = Health(services=NAMES, probes={})
    await health.announce()
    async with (
        loopback(lambda _: None, service=LOGS, health=health) as there,
        grpc.aio.insecure_channel("127.0.0.1:1") as nowhere,
    ):
        app = web.Application()
        add_health(app, channels={name: nowhere if name == away else there for name in NAMES})
        async with TestClient(TestServer(app)) as client:
            told = await json_of(await client.get("/health"))
    assert told["status"] == status
    assert {name for name, its in told["services"].items() if its != "SERVING"} == {away}


def test_nobody_needs_it_and_who_is_told_of_it_ships() -> None:
    assert all("logs" not in role.needs for role in ROLES)
    assert {role.name for role in ROLES if "logs" in role.calls} == {
        role.name for role in ROLES if role.name not in {"auth", "logs"}
    }
    assert role_named("edge").needs == ("auth", "storage", "feed", "enrichment", "analytics")


def test_the_edge_finds_it_at_its_usual_place_and_ships_only_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = EdgeSettings.load()
    assert (alone.addresses["logs"], alone.ships_logs) == ("127.0.0.1:8005", False)
    monkeypatch.setenv("DELTASTREAM_LOGS_ADDRESS", "dns:///logs:8005")
    told = EdgeSettings.load()
    assert (told.addresses["logs"], told.ships_logs) == ("dns:///logs:8005", True)
