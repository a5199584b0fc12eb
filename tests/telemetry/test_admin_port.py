"""The admin port: three pages for who watches the process, and nothing for anybody else."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, Final

import pytest
from prometheus_client import CollectorRegistry
from tests.fixtures.admin_port import asked, sent
from tests.fixtures.certificates import DAY, Authority, Mount
from tests.fixtures.eventually import eventually

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.runtime.background import running
from deltastream.runtime.health import Health
from deltastream.runtime.listening import ListenError
from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.telemetry import http_listener, names
from deltastream.runtime.telemetry.admin import administering
from deltastream.runtime.telemetry.http_listener import Page, answering
from deltastream.runtime.telemetry.instruments import Instruments, registry_of_a_process

SERVICE: Final = "deltastream.storage.v1.StorageService"
CANARY: Final = "canary-0c7d"


class WatchedSettings(RoleSettings):
    role: ClassVar[str] = "storage"


class Dependency:
    """Answers or not, as a test says."""

    def __init__(self) -> None:
        self.up = True

    async def probe(self) -> None:
        if not self.up:
            raise DependencyUnavailableError("store")


@asynccontextmanager
async def watched(health: Health) -> AsyncIterator[str]:
    """Run the admin port of a role, and yield its address."""
    instruments = Instruments(registry_of_a_process())
    settings = WatchedSettings(admin_listen="127.0.0.1:0")
    async with administering(settings, health, instruments=instruments) as port:
        yield f"127.0.0.1:{port}"


def health_of(**dependencies: Dependency) -> Health:
    probes = {name: dependency.probe for name, dependency in dependencies.items()}
    return Health(services=(SERVICE,), probes=probes)


async def page() -> Page:
    return Page(body=b"a page\n")


async def broken() -> Page:
    raise RuntimeError(CANARY)


PAGES: Final = {"/page": page, "/broken": broken}


async def test_a_role_is_ready_while_what_it_needs_is_there_and_names_what_is_away() -> None:
    store, cache = Dependency(), Dependency()
    health = health_of(store=store, cache=cache)
    async with running(health.watch()), watched(health) as address:
        ready = await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 200)
        assert ready.said == {"role": "storage", "ready": True, "draining": False, "away": []}
        store.up = False
        away = await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 503)
        assert away.said["away"] == ["store"]
        assert (await asked(address, "/healthz")).status == 200
        store.up = True
        await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 200)


async def test_a_role_that_has_not_looked_at_its_dependencies_yet_is_not_ready() -> None:
    async with watched(health_of(store=Dependency())) as address:
        answer = await asked(address, "/readyz")
        assert (answer.status, answer.said["away"]) == (503, ["store"])


async def test_a_role_that_drains_is_not_ready_and_says_why() -> None:
    health = health_of()
    async with running(health.watch()), watched(health) as address:
        await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 200)
        await health.drain()
        answer = await asked(address, "/readyz")
        assert (answer.status, answer.said["draining"]) == (503, True)
        assert (await asked(address, "/healthz")).status == 200


async def test_a_role_of_many_services_is_ready_while_it_can_serve_any() -> None:
    one, other = Dependency(), Dependency()
    other.up = False
    health = Health(
        services=("one", "other"),
        probes={"one": one.probe, "other": other.probe},
        needs={"one": ("one",), "other": ("other",)},
    )
    async with running(health.watch()), watched(health) as address:
        ready = await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 200)
        assert ready.said["away"] == ["other"]
        one.up = False
        away = await eventually(lambda: asked(address, "/readyz"), lambda it: it.status == 503)
        assert away.said["away"] == ["one", "other"]


async def test_metrics_are_what_prometheus_reads_and_say_what_runs() -> None:
    health = health_of()
    async with running(health.watch()), watched(health) as address:
        await health.checked()
        answer = await asked(address, "/metrics")
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        families = {family.name: family for family in answer.families}
        (info,) = families["deltastream_build_info"].samples
        assert info.labels["role"] == "storage"
        (ready,) = families["deltastream_ready"].samples
        assert ready.value == 1.0
        assert families["process_resident_memory_bytes"].samples
        assert {metric.name.removesuffix("_total") for metric in names.metrics_of("storage")} <= (
            families.keys()
        )
        assert "deltastream_sign_ins" not in families


async def test_the_lateness_of_the_event_loop_is_measured_while_the_port_is_open() -> None:
    registry = registry_of_a_process()
    settings = WatchedSettings(admin_listen="127.0.0.1:0")
    count = f"{names.EVENT_LOOP_LATENESS.name}_count"
    async with administering(settings, health_of(), instruments=Instruments(registry)):

        async def counted() -> float:
            return registry.get_sample_value(count) or 0.0

        await eventually(counted, lambda value: value >= 2)


async def test_when_a_certificate_ends_is_measured_and_follows_its_renewal(tmp_path: Path) -> None:
    authority = Authority.new()
    mount = Mount.of(tmp_path / "tls", authority.issue(ends=3 * DAY), authority)
    settings = WatchedSettings(
        admin_listen="127.0.0.1:0",
        tls_certificate=mount.certificate,
        tls_key=mount.key,
        tls_ca=mount.ca,
    )
    registry = CollectorRegistry()

    def days_left() -> float:
        name, labels = names.CERTIFICATE_EXPIRY.name, {"certificate": "mesh"}
        return ((registry.get_sample_value(name, labels) or 0.0) - time.time()) / 86_400

    async with administering(settings, health_of(), instruments=Instruments(registry)):
        assert days_left() == pytest.approx(3, abs=0.1)
        mount.replace(authority.issue(ends=9 * DAY), authority)
        assert days_left() == pytest.approx(9, abs=0.1)


async def test_without_an_address_there_is_no_port() -> None:
    instruments = Instruments(CollectorRegistry())
    async with administering(WatchedSettings(), health_of(), instruments=instruments) as port:
        assert port is None


async def test_head_is_answered_like_get_without_the_body() -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        got = await asked(f"127.0.0.1:{port}", "/page?from=somewhere")
        head = await asked(f"127.0.0.1:{port}", "/page", "HEAD")
    assert (got.status, got.body) == (200, b"a page\n")
    assert got.headers["Content-Length"] == "7"
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


@pytest.mark.parametrize("path", ["/", "/page/", "/metrics/../page", "//page", "page", "*", ""])
async def test_anything_else_is_not_there(path: str) -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        assert (await asked(f"127.0.0.1:{port}", path)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"])
async def test_other_methods_are_refused_and_told_which_are_not(method: str) -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        answer = await asked(f"127.0.0.1:{port}", "/page", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_page_that_fails_is_a_plain_500_and_the_next_one_is_answered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        failed = await asked(f"127.0.0.1:{port}", "/broken")
        assert (await asked(f"127.0.0.1:{port}", "/page")).status == 200
    assert (failed.status, failed.body) == (500, b"Internal Server Error\n")
    assert CANARY in capsys.readouterr().out


@pytest.mark.parametrize(
    "request_", [b"", b"GET /page HTTP/1.1\r\n", b"\x16\x03\x01\x00", b"G" * 20_000]
)
async def test_who_sends_no_request_is_cut_off_and_told_nothing(
    request_: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_listener, "_SECONDS", 0.2)
    async with answering("127.0.0.1:0", PAGES) as port:
        try:
            assert await sent(f"127.0.0.1:{port}", request_) == b""
        except ConnectionResetError:
            assert len(request_) > 8192
        assert (await asked(f"127.0.0.1:{port}", "/page")).status == 200


async def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_listener, "_SECONDS", 0.3)
    reached = asyncio.Event()

    async def endless() -> Page:
        reached.set()
        return Page(body=b"x" * 50_000_000)

    async def served() -> int:
        return len([task for task in asyncio.all_tasks() if "_Connections._serve" in repr(task)])

    async with answering("127.0.0.1:0", {"/page": endless}) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /page HTTP/1.1\r\n\r\n")
            async with asyncio.timeout(5):
                await reached.wait()
            assert await served() == 1
            await eventually(served, lambda count: count == 0)


async def turned_away(port: int) -> bool:
    """Ask for a page, and say whether the connection was closed instead."""
    try:
        return await sent(f"127.0.0.1:{port}", b"GET /page HTTP/1.1\r\n\r\n") == b""
    except ConnectionError:
        return True


async def test_a_large_page_arrives_whole() -> None:
    size = 30_000_000

    async def large() -> Page:
        return Page(body=b"x" * size)

    async with answering("127.0.0.1:0", {"/page": large}) as port:
        assert len((await asked(f"127.0.0.1:{port}", "/page")).body) == size


async def test_one_connection_too_many_is_closed_and_those_before_it_are_served() -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(16)]
        await eventually(lambda: turned_away(port), bool)
        reader, writer = opened[0]
        writer.write(b"GET /page HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"a page\n")
        for _, each in opened:
            each.close()
        await eventually(lambda: turned_away(port), lambda away: not away)


async def test_leaving_does_not_wait_for_who_is_connected() -> None:
    async with asyncio.timeout(2):
        async with answering("127.0.0.1:0", PAGES) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()


async def test_an_address_that_is_taken_is_said_so() -> None:
    async with answering("127.0.0.1:0", PAGES) as port:
        with pytest.raises(ListenError, match=f"127.0.0.1:{port}"):
            async with answering(f"127.0.0.1:{port}", PAGES):
                pytest.fail("it listens")


@pytest.mark.parametrize("address", ["9003", "127.0.0.1", "127.0.0.1:", "localhost:x", ":70000"])
async def test_an_address_that_is_none_is_said_so(address: str) -> None:
    with pytest.raises(ListenError, match="cannot listen on"):
        async with answering(address, PAGES):
            pytest.fail("it listens")


async def test_a_successor_listens_beside_its_predecessor() -> None:
    async with answering("127.0.0.1:0", PAGES, share_port=True) as port:
        address = f"127.0.0.1:{port}"
        async with answering(address, PAGES, share_port=True) as same:
            assert same == port
            assert (await asked(address, "/page")).status == 200
        assert (await asked(address, "/page")).status == 200
