"""What a role can be told of tracing, and what its names are."""

from typing import ClassVar

import pytest
from opentelemetry.semconv._incubating.attributes import messaging_attributes, rpc_attributes
from opentelemetry.semconv.attributes import (
    error_attributes,
    http_attributes,
    server_attributes,
    service_attributes,
    url_attributes,
)

from deltastream.runtime.settings import RoleSettings, SettingsError
from deltastream.runtime.telemetry import attributes


class Settings(RoleSettings):
    role: ClassVar[str] = "tested"


@pytest.mark.parametrize(
    "endpoint",
    ["", "http://127.0.0.1:4317", "https://collector.example:4317/", "http://[::1]:4317"],
)
def test_an_endpoint_is_a_url_of_a_host(endpoint: str) -> None:
    assert Settings.load(otlp_endpoint=endpoint).otlp_endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "collector:4317",
        "grpc://collector:4317",
        "http://",
        "http://user:secret@host:1",
        "http://a/b",
    ],
)
def test_any_other_is_refused_without_being_repeated(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="DELTASTREAM_OTLP_ENDPOINT") as caught:
        Settings.load(otlp_endpoint=endpoint)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("ratio", [-0.1, 1.1, "often"])
def test_a_ratio_is_from_0_to_1(ratio: object) -> None:
    with pytest.raises(SettingsError, match="DELTASTREAM_TRACE_RATIO"):
        Settings.load(trace_ratio=ratio)


def test_one_trace_in_a_hundred_is_recorded_unless_told_otherwise() -> None:
    assert Settings.load().trace_ratio == 0.01


def test_the_names_are_those_of_the_conventions() -> None:
    assert {
        attributes.RPC_SYSTEM: rpc_attributes.RPC_SYSTEM_NAME,
        attributes.RPC_METHOD: rpc_attributes.RPC_METHOD,
        attributes.RPC_STATUS: rpc_attributes.RPC_RESPONSE_STATUS_CODE,
        attributes.GRPC: rpc_attributes.RpcSystemNameValues.GRPC.value,
        attributes.SERVER_ADDRESS: server_attributes.SERVER_ADDRESS,
        attributes.HTTP_METHOD: http_attributes.HTTP_REQUEST_METHOD,
        attributes.HTTP_ROUTE: http_attributes.HTTP_ROUTE,
        attributes.HTTP_STATUS: http_attributes.HTTP_RESPONSE_STATUS_CODE,
        attributes.URL_SCHEME: url_attributes.URL_SCHEME,
        attributes.MESSAGING_SYSTEM: messaging_attributes.MESSAGING_SYSTEM,
        attributes.MESSAGING_OPERATION: messaging_attributes.MESSAGING_OPERATION_NAME,
        attributes.MESSAGING_OPERATION_TYPE: messaging_attributes.MESSAGING_OPERATION_TYPE,
        attributes.MESSAGING_COUNT: messaging_attributes.MESSAGING_BATCH_MESSAGE_COUNT,
        attributes.ERROR_TYPE: error_attributes.ERROR_TYPE,
        attributes.SERVICE_NAME: service_attributes.SERVICE_NAME,
        attributes.SERVICE_NAMESPACE: service_attributes.SERVICE_NAMESPACE,
        attributes.SERVICE_INSTANCE: service_attributes.SERVICE_INSTANCE_ID,
        attributes.SERVICE_VERSION: service_attributes.SERVICE_VERSION,
    } == {
        name: name
        for constant, name in vars(attributes).items()
        if constant.isupper() and constant not in {"BUS", "CAUSE"}
    }
