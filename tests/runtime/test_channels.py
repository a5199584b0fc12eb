"""Channels: what their service configs say, and that gRPC heeds it."""

import json
from importlib import resources

import grpc
import pytest
from google.rpc import code_pb2

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.edge.contract import SERVICES, role_of
from deltastream.runtime.channels import open_channel
from deltastream.runtime.contract import is_streaming
from deltastream.runtime.health import Health
from deltastream.runtime.interceptors.base import Context
from deltastream.runtime.server import serving
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

ROLES = {role_of(service): service for service in SERVICES}


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


@pytest.mark.parametrize("role", ROLES)
def test_a_config_names_methods_of_its_service_and_no_streams(role: str) -> None:
    text = (resources.files("deltastream.runtime") / "service_configs" / f"{role}.json").read_text()
    config = json.loads(text)
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
        reflect=False,
        drain_seconds=0.2,
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
