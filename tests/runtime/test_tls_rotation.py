"""Certificates are replaced under running roles, and nobody is cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from structlog.testing import capture_logs
from tests.fixtures.certificates import Authority, Leaf, Mount
from tests.fixtures.eventually import eventually
from tests.fixtures.tls_roles import (
    FOLLOW,
    SECONDS,
    Role,
    asking,
    credentials_of,
    refused,
    role,
    serial_seen,
    serial_shown,
    settings_of,
    tls_of,
    until_seen,
)

from deltastream.runtime.channels import open_channel
from deltastream.runtime.tls.renewed_channel import RenewedChannel

OLD = Authority.new("the old one")
NEW = Authority.new("the new one")
LOOK_SECONDS = 0.02


@pytest.fixture
def server(tmp_path: Path) -> Mount:
    return Mount.of(tmp_path / "server", OLD.issue(), OLD)


@pytest.fixture
def caller(tmp_path: Path) -> Mount:
    return Mount.of(tmp_path / "caller", OLD.issue(), OLD)


def channel_to(serves: Role, caller: Mount) -> RenewedChannel:
    """A channel that looks for another certificate so often that a test need not wait for it."""
    tls = tls_of(caller).mesh_tls
    assert tls is not None
    return RenewedChannel(
        tls,
        lambda credentials: grpc.aio.secure_channel(serves.address, credentials),
        service="test",
        look_seconds=LOOK_SECONDS,
    )


@asynccontextmanager
async def following(serves: Role, channel: grpc.aio.Channel) -> AsyncIterator[Any]:
    """Open a stream, and see at the end that it is the same one still."""
    follow: Any = channel.unary_stream(FOLLOW)
    call = follow(b"")
    assert await call.read() == b"begun"
    try:
        yield call
        serves.said.put_nowait(b"still here")
        async with asyncio.timeout(SECONDS):
            assert await call.read() == b"still here"
    finally:
        call.cancel()


async def until_alone(channel: RenewedChannel) -> None:
    """Wait until what is outdated has been closed."""

    async def connections() -> int:
        return channel.connections

    await eventually(connections, lambda count: count == 1)


async def test_a_server_shows_its_new_certificate_from_the_next_connection_on(
    server: Mount, caller: Mount
) -> None:
    renewed = OLD.issue()
    async with (
        role(settings_of(server)) as serves,
        channel_to(serves, caller) as channel,
        following(serves, channel),
    ):
        assert await serial_shown(serves.port, mount=caller) != renewed.serial
        server.replace(renewed, OLD)
        assert await serial_shown(serves.port, mount=caller) == renewed.serial


async def test_a_caller_shows_its_new_certificate_and_its_streams_go_on(
    server: Mount, caller: Mount
) -> None:
    renewed = OLD.issue()
    async with role(settings_of(server)) as serves, channel_to(serves, caller) as channel:
        async with following(serves, channel):
            before = await serial_seen(channel)
            caller.replace(renewed, OLD)
            await until_seen(channel, renewed)
            assert before != renewed.serial
            assert channel.connections == 2
        await until_alone(channel)
        assert await serial_seen(channel) == renewed.serial


async def test_stubs_that_were_made_before_show_it_too(server: Mount, caller: Mount) -> None:
    renewed = OLD.issue()
    async with role(settings_of(server)) as serves, channel_to(serves, caller) as channel:
        made_before = asking(channel)
        assert int(await made_before(b"", timeout=SECONDS)) != renewed.serial
        caller.replace(renewed, OLD)
        await until_seen(channel, renewed)
        assert int(await made_before(b"", timeout=SECONDS)) == renewed.serial


async def test_the_channels_of_roles_do_so_by_themselves(server: Mount, caller: Mount) -> None:
    renewed = OLD.issue()
    async with (
        role(settings_of(server)) as serves,
        open_channel(serves.address, service="storage", tls=tls_of(caller).mesh_tls) as channel,
        following(serves, channel),
    ):
        assert await serial_seen(channel) != renewed.serial
        caller.replace(renewed, OLD)
        await until_seen(channel, renewed)


async def test_calls_under_way_end_on_the_connection_that_they_began_on(
    server: Mount, caller: Mount
) -> None:
    """One call after another, without a pause, while the certificate is replaced five times."""
    async with role(settings_of(server)) as serves, channel_to(serves, caller) as channel:
        done = asyncio.Event()

        async def ask_repeatedly() -> int:
            ask, asked = asking(channel), 0
            while not done.is_set():
                await ask(b"", timeout=SECONDS)
                asked += 1
            return asked

        askers = [asyncio.create_task(ask_repeatedly()) for _ in range(4)]
        for _ in range(5):
            renewed = OLD.issue()
            caller.replace(renewed, OLD)
            await until_seen(channel, renewed)
        done.set()
        async with asyncio.timeout(SECONDS):
            assert all(await asyncio.gather(*askers))
        await until_alone(channel)


async def test_the_mesh_moves_to_a_new_authority_through_a_bundle_of_both(
    server: Mount, caller: Mount
) -> None:
    old, new = OLD.issue(), NEW.issue()
    async with (
        role(settings_of(server)) as serves,
        channel_to(serves, caller) as channel,
        following(serves, channel),
    ):
        before = await serial_seen(channel)
        await refused(serves.address, credentials_of(new, OLD))
        # All believe both; then all have certificates of the new one; then all believe it alone.
        # No two change in the same moment.
        server.replace(old, OLD, NEW)
        assert await serial_seen(channel) == before
        caller.replace(old, OLD, NEW)
        await until_seen(channel, old)
        caller.replace(new, OLD, NEW)
        await until_seen(channel, new)
        server.replace(new, OLD, NEW)
        assert await serial_shown(serves.port, mount=caller) == new.serial
        server.replace(new, NEW)
        last = NEW.issue()
        caller.replace(last, NEW)
        await until_seen(channel, last)
        await refused(serves.address, credentials_of(old, NEW))


async def test_a_certificate_that_nobody_believes_yet_takes_no_connection_away(
    server: Mount, caller: Mount
) -> None:
    early, before = NEW.issue(), OLD.issue()
    caller.replace(before, OLD)
    async with role(settings_of(server)) as serves, channel_to(serves, caller) as channel:
        assert await serial_seen(channel) == before.serial
        caller.replace(early, OLD)

        async def connections() -> int:
            return channel.connections

        await eventually(connections, lambda count: count == 2)
        assert await serial_seen(channel) == before.serial
        server.replace(OLD.issue(), OLD, NEW)
        await until_seen(channel, early)
        await until_alone(channel)


async def test_one_that_is_replaced_before_it_is_believed_is_forgotten(
    server: Mount, caller: Mount
) -> None:
    renewed = OLD.issue()
    async with role(settings_of(server)) as serves, channel_to(serves, caller) as channel:
        await serial_seen(channel)
        caller.replace(NEW.issue(), OLD)

        async def connections() -> int:
            return channel.connections

        await eventually(connections, lambda count: count == 2)
        caller.replace(renewed, OLD)
        await until_seen(channel, renewed)
        await until_alone(channel)


async def test_a_caller_whose_role_is_away_takes_the_new_certificate_at_once(
    server: Mount, caller: Mount
) -> None:
    async with role(settings_of(server)) as gone:
        pass
    async with channel_to(gone, caller) as channel:
        first = channel._current
        caller.replace(OLD.issue(), OLD)

        async def current() -> object:
            return channel._current

        await eventually(current, lambda now: now is not first)
        await until_alone(channel)


@pytest.mark.parametrize("half", ["tls.crt", "tls.key"])
async def test_a_pair_of_which_one_half_is_new_changes_nothing_until_the_other_is(
    tmp_path: Path, server: Mount, caller: Mount, half: str
) -> None:
    before, renewed = OLD.issue(), OLD.issue()
    plain = tmp_path / "plain"
    plain.mkdir()
    halves = {"tls.crt": renewed.certificate, "tls.key": renewed.key}
    for name, content in [("tls.crt", before.certificate), ("tls.key", before.key)]:
        (plain / name).write_bytes(content)
    (plain / "ca.crt").write_bytes(OLD.pem)
    with capture_logs() as logs:
        async with role(settings_of(Mount(plain))) as serves:
            (plain / half).write_bytes(halves.pop(half))
            assert await serial_shown(serves.port, mount=caller) == before.serial
            assert await serial_shown(serves.port, mount=caller) == before.serial
            for name, content in halves.items():
                (plain / name).write_bytes(content)
            assert await serial_shown(serves.port, mount=caller) == renewed.serial
    events = [entry for entry in logs if entry["event"].startswith("tls_")]
    assert [entry["event"] for entry in events] == ["tls_files_unusable", "tls_files_renewed"]
    assert "does not fit the certificate" in events[0]["problem"]
    assert events[0]["still_used"] == f"{before.serial:X}"
    assert events[1]["serial"] == f"{renewed.serial:X}"
    assert not shown_in(repr(logs), before, renewed)


@pytest.mark.parametrize("name", ["tls.crt", "tls.key", "ca.crt"])
@pytest.mark.parametrize("content", [b"", b"half of it", None])
async def test_a_file_that_is_half_written_or_missing_changes_nothing(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    leaf, renewed = OLD.issue(), OLD.issue()
    mount = Mount.of(tmp_path / "tls", leaf, OLD)
    tls = tls_of(mount).mesh_tls
    assert tls is not None
    before = tls.current()
    broken = mount.folder / "..data" / name
    if content is None:
        broken.unlink()
    else:
        broken.write_bytes(content)
    with capture_logs() as logs:
        assert tls.current() is before
        assert tls.current() is before
    assert [entry["event"] for entry in logs] == ["tls_files_unusable"]
    mount.replace(renewed, OLD)
    assert tls.current().certificate == renewed.certificate


async def test_what_is_written_anew_with_the_same_content_is_no_news(
    tmp_path: Path, caller: Mount
) -> None:
    leaf = OLD.issue()
    mount = Mount.of(tmp_path / "tls", leaf, OLD)
    tls = tls_of(mount).mesh_tls
    assert tls is not None
    before = tls.current()
    with capture_logs() as logs:
        mount.replace(leaf, OLD)
        assert tls.current() is before
    assert logs == []


def shown_in(text: str, *leaves: Leaf) -> list[str]:
    """Return the lines of private keys that a text has."""
    lines = [line.decode() for leaf in leaves for line in leaf.key.splitlines()[1:-1]]
    assert lines
    return [line for line in lines if line in text]


async def test_keys_are_in_no_representation(tmp_path: Path) -> None:
    leaf = OLD.issue()
    settings = settings_of(Mount.of(tmp_path / "tls", leaf, OLD))
    assert settings.mesh_tls is not None
    known = repr([settings, settings.mesh_tls, settings.mesh_tls.current(), settings.model_dump()])
    assert not shown_in(known, leaf)
