"""The client's smaller parts, where a rule is easier to see than from outside."""

import json

import grpc
import pytest
from google.protobuf.descriptor import ServiceDescriptor

from deltastream.client.backoff import Backoff
from deltastream.client.channels import LIVE, SERVICES, _service_config
from deltastream.client.errors import CallError, GaveUpError, SilenceError
from deltastream.client.patience import Patience
from deltastream.client.rpc import (
    CANDLES,
    CHAINS,
    QUOTES,
    RAW_CHAINS,
    RAW_TICKS,
    TICKS,
    speaks_protocol,
)
from deltastream.runtime import channels as channels_of_roles


def test_pauses_double_to_a_limit_and_are_shortened_by_at_most_half() -> None:
    longest = Backoff(first=0.1, most=0.5, chance=lambda: 1.0)
    assert [longest.pause() for _ in range(4)] == pytest.approx([0.1, 0.2, 0.4, 0.5])
    longest.reset()
    assert longest.pause() == pytest.approx(0.1)
    shortest = Backoff(first=0.1, most=0.5, chance=lambda: 0.0)
    assert shortest.pause() == pytest.approx(0.05)


def asking_for(seconds: float) -> CallError:
    metadata = grpc.aio.Metadata()
    error = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, metadata, metadata)
    return CallError(error, retry_after=seconds)


def test_no_server_can_ask_a_client_to_stay_away_for_ever() -> None:
    patience = Patience(chance=lambda: 0.0, monotonic=lambda: 0.0)
    assert patience.pause_after(asking_for(1e9)) == 60.0
    assert patience.pause_as_asked(1e9) == 60.0


def test_those_who_are_sent_away_together_come_back_spread_out() -> None:
    patience = Patience(chance=lambda: 1.0, monotonic=lambda: 0.0)
    assert patience.pause_after(asking_for(10.0)) == 15.0
    assert patience.pause_as_asked(10.0) == 15.0


def test_the_last_try_is_at_the_moment_of_giving_up_and_not_after() -> None:
    now = 0.0
    patience = Patience(chance=lambda: 0.0, monotonic=lambda: now, give_up_after=3.0)
    assert patience.pause_after(asking_for(2.0)) == 2.0
    now = 2.0
    assert patience.pause_after(asking_for(2.0)) == 1.0
    now = 3.0
    with pytest.raises(GaveUpError):
        patience.pause_after(SilenceError(1.0))


def test_only_reads_are_tried_again_by_grpc_itself() -> None:
    (config,) = _service_config(SERVICES)["methodConfig"]
    names = {name["method"] for name in config["name"]}
    assert {"ListProducts", "GetMaxPain", "GetFeedStatus", "GetUser"} <= names
    assert names.isdisjoint({"PutTicks", "Register", "Refresh", "StreamTicks", "Verify"})
    assert json.dumps(config)
    # By the clock of the day, which may be set back.
    assert "timeout" not in config


def test_a_live_stream_has_the_windows_that_the_roles_themselves_use() -> None:
    # The client stands alone, and says again what the mesh knows.
    assert channels_of_roles._SUBSCRIBER == LIVE


def test_every_stream_of_the_contract_that_can_be_resumed_has_its_name_here() -> None:
    known = {rpc.path for rpc in (RAW_TICKS, QUOTES, RAW_CHAINS, TICKS, CHAINS, CANDLES)}
    assert known == {path for service in SERVICES for path in resumable(service)}


def resumable(service: ServiceDescriptor) -> list[str]:
    return [
        f"/{service.full_name}/{method.name}"
        for method in service.methods
        if speaks_protocol(method)
    ]


def test_all_events_but_candles_are_numbered() -> None:
    assert all(rpc.numbered for rpc in (RAW_TICKS, QUOTES, RAW_CHAINS, TICKS, CHAINS))
    assert not CANDLES.numbered
