"""A role says once that it is ready, to whoever listens, and never fails for it."""

import socket
from pathlib import Path

from deltastream.runtime.readiness import notify_ready


def heard(listener: socket.socket) -> bytes:
    listener.settimeout(5)
    return listener.recv(100)


def test_it_sends_ready_to_the_socket_of_the_environment(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)

        notify_ready({"NOTIFY_SOCKET": path})

        assert heard(listener) == b"READY=1"


def test_an_at_sign_stands_for_an_abstract_address() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0deltastream-test-readiness")

        notify_ready({"NOTIFY_SOCKET": "@deltastream-test-readiness"})

        assert heard(listener) == b"READY=1"


def test_nobody_listening_is_no_failure(tmp_path: Path) -> None:
    notify_ready({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    notify_ready({})
