"""A running mesh, watched: every role has an admin port, and all that is declared is there."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import grpc
import pytest
import pytest_asyncio
from prometheus_client import Metric as Family
from tests.fixtures.admin_port import asked
from tests.fixtures.eventually import eventually
from tests.fixtures.running_mesh import RunningMesh, running_mesh

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb
from deltastream.enrichment.v1.enrichment_service_pb2_grpc import EnrichmentServiceStub
from deltastream.runtime.roles import ROLES
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.names import METRICS, Kind, Metric, metrics_of

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

SECRET: Final = "canary-between-services"  # noqa: S105 - of a mesh that lives for a minute
PASSWORD: Final = "canary-correct-horse"  # noqa: S105 - it opens nothing
EMAIL: Final = "canary@example.com"
SECONDS: Final = 30.0
# Of which a mesh that speaks in the open, and lacks nothing, has no series.
UNEVENTFUL: Final = {names.CERTIFICATE_EXPIRY, names.RETRIES, names.LOG_RECORDS_DROPPED}
roles = pytest.mark.parametrize("role", [role.name for role in ROLES])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningMesh]:
    """A mesh that somebody has used."""
    folder: Path = tmp_path_factory.mktemp("mesh") / "data"
    settings = {"DELTASTREAM_SERVICE_SECRET": SECRET, "DELTASTREAM_LOG_LEVEL": "debug"}
    async with running_mesh(folder, "--products", "NIFTY", **settings) as up:
        await _use_http(up)
        await _use_a_stream(up)
        yield up


async def _use_http(mesh: RunningMesh) -> None:
    account = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
    async with aiohttp.ClientSession(mesh.http) as session:
        async with session.post("/api/auth/register", json=account) as response:
            assert response.status == 200
        wrong = {"email": EMAIL, "password": f"{PASSWORD}!"}
        async with session.post("/api/auth/login", json=wrong) as response:
            assert response.status == 401
        async with session.get(f"/api/data/chain/{EMAIL}?token={PASSWORD}") as response:
            assert response.status == 400
        headers = {"Authorization": f"Bearer {PASSWORD}"}
        async with session.get("/api/data/products", headers=headers) as response:
            assert response.status == 401
        async with session.get("/api/analytics/pcr/NIFTY"):
            pass


async def _use_a_stream(mesh: RunningMesh) -> None:
    async with grpc.aio.insecure_channel(mesh.grpc["public"]) as channel:
        stream = EnrichmentServiceStub(channel).StreamTicks(pb.StreamTicksRequest())
        live = False
        async for frame in stream:
            if live and frame.HasField("batch"):
                break
            live = live or frame.HasField("caught_up")
        stream.cancel()


async def families_of(mesh: RunningMesh, role: str) -> dict[str, Family]:
    answer = await asked(mesh.admin[role], "/metrics")
    assert answer.status == 200
    return {family.name: family for family in answer.families}


def in_text(metric: Metric) -> str:
    """Return the name of a metric's family: a counter's lacks the ending of its only series."""
    return metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name


@contextmanager
def paused(pid: int) -> Iterator[None]:
    """Freeze a process while the block runs."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_every_role_has_an_admin_port_of_its_own(mesh: RunningMesh) -> None:
    assert mesh.admin.keys() == {role.name for role in ROLES}
    others = set(mesh.grpc.values())
    assert len(set(mesh.admin.values()) - others) == len(ROLES)


@roles
async def test_a_role_lives_and_serves_and_says_which_it_is(mesh: RunningMesh, role: str) -> None:
    assert (await asked(mesh.admin[role], "/healthz")).said == {"role": role}
    ready = await asked(mesh.admin[role], "/readyz")
    assert (ready.status, ready.said["role"], ready.said["away"]) == (200, role, [])


@roles
async def test_a_role_shows_its_metrics_and_nobody_elses(mesh: RunningMesh, role: str) -> None:
    families = await families_of(mesh, role)
    ours = {name for name in families if name.startswith("deltastream_")}
    assert ours == {in_text(metric) for metric in metrics_of(role)}
    for metric in metrics_of(role):
        family = families[in_text(metric)]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        for sample in family.samples:
            assert sample.labels.keys() - {"le"} == set(metric.labels)


async def test_every_metric_that_is_declared_has_series_in_a_mesh_that_is_used(
    mesh: RunningMesh,
) -> None:
    expected = {in_text(metric) for metric in set(METRICS) - UNEVENTFUL}

    async def missing() -> set[str]:
        found = {
            name
            for role in ROLES
            for name, family in (await families_of(mesh, role.name)).items()
            if family.samples
        }
        return expected - found

    # Some are looked at every few seconds only.
    assert await eventually(missing, lambda names: not names, seconds=SECONDS) == set()


async def test_what_goes_through_the_mesh_is_counted_at_every_step(mesh: RunningMesh) -> None:
    async def chains(*roles: str) -> dict[str, float]:
        """Return how many chains have come how far."""
        found = {}
        for role in roles:
            for sample in (await families_of(mesh, role))[names.EVENT_AGE.name].samples:
                if sample.name.endswith("_count") and sample.labels["kind"] == "chains":
                    found[sample.labels["hop"]] = sample.value
        return found

    reached = await eventually(
        partial(chains, "feed", "enrichment"),
        lambda found: (
            {"published", "enriched", "stored"} <= found.keys()
            and all(count > 1 for count in found.values())
        ),
        seconds=SECONDS,
    )
    # Feed is asked after enrichment, and again: it counts when Redis has answered it.
    await eventually(
        partial(chains, "feed"),
        lambda found: found["published"] >= reached["stored"],
        seconds=SECONDS,
    )


@roles
async def test_nothing_secret_and_nobodys_address_is_in_what_is_scraped(
    mesh: RunningMesh, role: str
) -> None:
    text = (await asked(mesh.admin[role], "/metrics")).body.decode()
    for told_nobody in (SECRET, PASSWORD, EMAIL, "canary", "127.0.0.1", "Bearer"):
        assert told_nobody not in text


async def test_who_lacks_the_bus_is_not_ready_and_says_so_and_the_others_go_on(
    mesh: RunningMesh,
) -> None:
    needy = ("feed", "enrichment")
    with paused(mesh.pid_of("redis")):
        for role in needy:
            answer = await eventually(
                partial(asked, mesh.admin[role], "/readyz"),
                lambda it: it.status == 503,
                seconds=SECONDS,
            )
            assert answer.said["away"] == ["bus"]
            (up,) = [
                sample.value
                for sample in (await families_of(mesh, role))[names.DEPENDENCY_UP.name].samples
                if sample.labels["dependency"] == "bus"
            ]
            assert up == 0.0
            assert (await asked(mesh.admin[role], "/healthz")).status == 200
        for role in ("auth", "storage"):
            assert (await asked(mesh.admin[role], "/readyz")).status == 200
    for role in needy:
        await eventually(
            partial(asked, mesh.admin[role], "/readyz"),
            lambda it: it.status == 200,
            seconds=SECONDS,
        )
