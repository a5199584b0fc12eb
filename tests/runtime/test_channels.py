"""Channels: what their service configs say, and that gRPC heeds it."""

import json
from importlib import resources
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2
from tests.fixtures.grpc_loopback import LoopbackSettings

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.edge.contract import SERVICES, role_of
from deltastream.runtime.channels import open_channel
from deltastream.runtime.contract import is_streaming
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.server import serving
from deltastream.runtime.service_config import service_config
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

ROLES = {role_of(service): service for service in SERVICES}

BACKOFF = ("initialBackoff", "maxBackoff")
# Of gRPC's own, to either side.
JITTER = 0.2
NOT_REPEATABLE = {
    "Register",
    "Refresh",
    "Logout",
    "ChangePassword",
    "CreateApiKey",
    "ReplayDeadLetters",
    "PurgeDeadLetters",
    "Ingest",
    "WriteLogs",
}


class Recovering(StorageServiceServicer):
    """Is away for the first calls."""

    def __init__(self, *, away: int) -> None:
        self.calls = 0
        self._away = away

    async def ListProducts(
        self, request: pb.ListProductsRequest, context: Context
    ) -> pb.ListProductsResponse:
        self.calls += 1
        if self.calls <= self._away:
            raise DependencyUnavailableError("store")
        return pb.ListProductsResponse(products=["NIFTY"])


def config_of(role: str) -> Any:
    text = (resources.files("deltastream.runtime") / "service_configs" / f"{role}.json").read_text()
    return json.loads(text)


@pytest.mark.parametrize("role", ROLES)
def test_calls_are_tried_again_unless_a_repeat_would_do_more(role: str) -> None:
    tried_again = {
        name["method"] for method in config_of(role)["methodConfig"] for name in method["name"]
    }
    unary = {
        method.name
        for method in ROLES[role].methods
        if not is_streaming(f"/{ROLES[role].full_name}/{method.name}")
    }
    assert unary - tried_again == NOT_REPEATABLE & unary
    assert not tried_again & NOT_REPEATABLE


@pytest.mark.parametrize("role", ROLES)
def test_four_attempts_span_a_restart_of_two_seconds_however_the_pauses_fall(role: str) -> None:
    for method in config_of(role)["methodConfig"]:
        policy = method["retryPolicy"]
        first, most = (float(policy[key].removesuffix("s")) for key in BACKOFF)
        pauses = [
            min(most, first * policy["backoffMultiplier"] ** number)
            for number in range(policy["maxAttempts"] - 1)
        ]
        assert policy["maxAttempts"] == 4
        assert sum(pauses) * (1 - JITTER) >= 2.0
        assert sum(pauses) * (1 + JITTER) <= 3.5


@pytest.mark.parametrize("role", ROLES)
def test_a_config_names_methods_of_its_service_and_no_streams(role: str) -> None:
    config = config_of(role)
    service = ROLES[role]
    named = [name for method in config["methodConfig"] for name in method["name"]]
    assert named
    for name in named:
        assert name["service"] == service.full_name
        assert not is_streaming(f"/{service.full_name}/{name['method']}")
        assert name["method"] in service.methods_by_name
    assert config["healthCheckConfig"]["serviceName"] == service.full_name
    for method in config["methodConfig"]:
        for code in method["retryPolicy"]["retryableStatusCodes"]:
            assert code_pb2.Code.Value(code) == code_pb2.UNAVAILABLE


@pytest.mark.parametrize("role", ROLES)
def test_grpc_counts_no_time_by_the_clock_of_the_day(role: str) -> None:
    told = service_config(role)
    assert "timeout" not in told.text
    assert told.timeouts == {
        f"/{name['service']}/{name['method']}".encode(): float(method["timeout"].removesuffix("s"))
        for method in config_of(role)["methodConfig"]
        for name in method["name"]
    }


@pytest.mark.parametrize(("away", "calls"), [(3, 4), (9, 4)])
async def test_an_unavailable_service_is_tried_four_times(away: int, calls: int) -> None:
    servicer = Recovering(away=away)
    service = "deltastream.storage.v1.StorageService"
    health = Health(services=(service,), probes={})
    async with serving(
        listen="127.0.0.1:0",
        services=(service,),
        add_servicers=lambda s: add_StorageServiceServicer_to_server(servicer, s),
        health=health,
        settings=LoopbackSettings(drain_seconds=0.2),
    ) as port:
        # Channels ask the service's health before they send it anything.
        await health.announce()
        async with open_channel(f"127.0.0.1:{port}", service="storage") as channel:
            call = StorageServiceStub(channel).ListProducts(
                pb.ListProductsRequest(), wait_for_ready=True
            )
            if away < calls:
                assert list((await call).products) == ["NIFTY"]
            else:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await call
                assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert servicer.calls == calls
