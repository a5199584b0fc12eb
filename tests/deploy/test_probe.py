"""The health check of the image, asked of real servers."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from deltastream.runtime.probe import NotServingError, ask, local_address, main, role_among
from deltastream.runtime.roles import role_named

STORAGE = role_named("storage")
EDGE = role_named("edge")


@contextmanager
def _grpc_server(status: int) -> Iterator[str]:
    """A health server on which the process is well and the service of storage has a status."""
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    servicer.set(STORAGE.service or "", status)
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait(timeout=5)


@contextmanager
def _http_server(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output to itself."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(timeout=5)


def _closed_address() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


def test_a_serving_role_is_healthy() -> None:
    with _grpc_server(health_pb2.HealthCheckResponse.SERVING) as address:
        ask(STORAGE, address)


def test_a_role_whose_dependencies_are_away_is_not() -> None:
    with (
        _grpc_server(health_pb2.HealthCheckResponse.NOT_SERVING) as address,
        pytest.raises(NotServingError, match=r"storage\.v1\.StorageService.*NOT_SERVING"),
    ):
        ask(STORAGE, address)


def test_a_role_that_does_not_answer_is_not() -> None:
    with pytest.raises(NotServingError, match="UNAVAILABLE"):
        ask(STORAGE, _closed_address())


def test_an_edge_that_answers_200_is_healthy() -> None:
    with _http_server(200) as address:
        ask(EDGE, address)


def test_an_edge_that_answers_anything_else_is_not() -> None:
    with _http_server(503) as address, pytest.raises(NotServingError, match="/health: 503"):
        ask(EDGE, address)


def test_an_edge_that_does_not_listen_is_not() -> None:
    with pytest.raises(NotServingError, match="/health"):
        ask(EDGE, _closed_address())


def test_the_role_is_read_from_the_command_of_the_container() -> None:
    command = ["/opt/deltastream/bin/python", "/opt/deltastream/bin/deltastream", "feed", ""]
    assert role_among(command) == role_named("feed")
    assert role_among(["deltastream", "version"]) is None


def test_an_edge_is_asked_for_its_page_wherever_it_answers_other_health_checks() -> None:
    assert local_address(EDGE, {"DELTASTREAM_HEALTH_LISTEN": "0.0.0.0:8010"}) == "127.0.0.1:8000"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "127.0.0.1:8003"),
        ({"DELTASTREAM_STORAGE_LISTEN": "0.0.0.0:9003"}, "127.0.0.1:9003"),
        ({"DELTASTREAM_STORAGE_LISTEN": "[::]:9003"}, "127.0.0.1:9003"),
        ({"DELTASTREAM_STORAGE_LISTEN": "10.0.0.7:9003"}, "10.0.0.7:9003"),
        ({"DELTASTREAM_HEALTH_LISTEN": "0.0.0.0:8010"}, "127.0.0.1:8010"),
        ({"DELTASTREAM_HEALTH_LISTEN": ""}, "127.0.0.1:8003"),
    ],
)
def test_a_role_is_asked_where_it_listens(environment: dict[str, str], address: str) -> None:
    assert local_address(STORAGE, environment) == address


def test_the_command_says_by_its_status_whether_the_role_serves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["probe", "storage"])
    with _grpc_server(health_pb2.HealthCheckResponse.SERVING) as address:
        monkeypatch.setenv("DELTASTREAM_STORAGE_LISTEN", address)
        assert main() == 0
    assert main() == 1
    assert "UNAVAILABLE" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["probe", "nobody"])
    assert main() == 2
