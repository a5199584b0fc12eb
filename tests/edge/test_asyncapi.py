"""The AsyncAPI document says what the gateway and the streams do."""

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final, TypedDict

import orjson
import pytest
import socketio
from jsonschema import Draft7Validator
from tests.edge.sockets_mesh import (
    DEADLINE,
    GOOD_TOKEN,
    chains,
    listening,
    running_mesh,
    ticks,
)
from tests.edge.test_transcoder_streams import frames, hand
from tests.edge.transcoder_mesh import mesh
from tests.fixtures.eventually import eventually

from deltastream.edge.asyncapi import samples
from deltastream.edge.asyncapi.__main__ import main
from deltastream.edge.asyncapi.document import document_of
from deltastream.edge.asyncapi.shape_schemas import UnknownTypeError, schema_of
from deltastream.edge.asyncapi.socket_messages import CONNECT_ERROR, REFUSED, ack_key
from deltastream.edge.asyncapi.stream_examples import event_of
from deltastream.edge.contract import SERVICES
from deltastream.edge.openapi.writing import document_text
from deltastream.edge.sockets import events
from deltastream.edge.sockets.refusal import RefusedError
from deltastream.edge.sockets.requests import (
    read_authenticate,
    read_subscribe,
    read_unsubscribe,
)
from deltastream.edge.transcoder.http_rule import bindings_of
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.errors import SlowConsumerError

_ROOT: Final = Path(__file__).parents[2]
_FILE: Final = _ROOT / "gen" / "asyncapi" / "deltastream.json"
_DOCUMENT: Final[dict[str, Any]] = orjson.loads(_FILE.read_bytes())
_SOCKETS: Final[dict[str, Any]] = _DOCUMENT["channels"]["socketio"]["messages"]
_SPECIFICATION: Final = (
    _ROOT / "edge" / "web" / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
)
needs_specification = pytest.mark.skipif(
    not _SPECIFICATION.is_file(), reason="AsyncAPI's own schema is not installed: make web"
)
_MESSAGES: Final = [
    pytest.param(message, id=f"{channel}-{key}")
    for channel, content in _DOCUMENT["channels"].items()
    for key, message in content["messages"].items()
]


def check(payload: object, message: dict[str, Any]) -> None:
    """Raise ValidationError unless a payload is what the document says of a message."""
    validator_of(message).validate(payload)


def fits(payload: object, message: dict[str, Any]) -> bool:
    return bool(validator_of(message).is_valid(payload))


def validator_of(message: dict[str, Any]) -> Draft7Validator:
    whole = {"allOf": [message["payload"]], "components": _DOCUMENT["components"]}
    return Draft7Validator(whole)


def test_the_file_is_what_the_contract_says() -> None:
    assert _FILE.read_bytes() == document_text(
        document_of, proto=_ROOT / "proto", third_party=_ROOT / "third_party"
    )


@needs_specification
def test_it_is_asyncapi() -> None:
    Draft7Validator(orjson.loads(_SPECIFICATION.read_bytes())).validate(_DOCUMENT)


@needs_specification
@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("asyncapi",), "2.6.0"),
        (("operations", "socket_subscribe", "action"), "listen"),
        (("channels", "socketio", "messages", "connected", "payload", "type"), "text"),
        (("channels", "socketio", "adress"), "/"),
        (("components", "securitySchemes", "apiKeyAuth", "type"), "key"),
    ],
)
def test_what_is_no_asyncapi_is_noticed(path: tuple[str, ...], wrong: str) -> None:
    document = deepcopy(_DOCUMENT)
    part = document
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = wrong
    schema = orjson.loads(_SPECIFICATION.read_bytes())
    assert not Draft7Validator(schema).is_valid(document)


def test_every_reference_leads_somewhere() -> None:
    references = list(references_in(_DOCUMENT))
    assert len(references) > 100
    for reference in references:
        part = _DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]


def references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from references_in(value)


def test_every_stream_is_a_channel_at_its_path() -> None:
    streams = {
        binding.template
        for service in SERVICES
        for binding in bindings_of(service)
        if binding.method.server_streaming
    }
    addresses = [channel["address"] for channel in _DOCUMENT["channels"].values()]
    assert sorted(addresses) == sorted({*streams, "/socket.io/"})


def test_a_stream_says_what_may_be_asked_and_by_whom() -> None:
    operation = _DOCUMENT["operations"]["EnrichmentService_StreamChains"]
    query = operation["bindings"]["http"]["query"]["properties"]
    assert query.keys() == {"products", "resume_token", "delivery", "heartbeat_interval"}
    assert operation["security"] == [
        {"$ref": "#/components/securitySchemes/bearerAuth"},
        {"$ref": "#/components/securitySchemes/apiKeyAuth"},
    ]


@pytest.mark.parametrize("message", _MESSAGES)
def test_examples_are_what_the_schema_says(message: dict[str, Any]) -> None:
    examples = message.get("examples", [])
    # What has no content needs no example.
    assert examples or message["name"] == events.GET_PRODUCTS.name
    for example in examples:
        check(example["payload"], message)


@pytest.mark.parametrize("message", _MESSAGES)
def test_a_schema_refuses_something(message: dict[str, Any]) -> None:
    assert not fits([], message)


async def test_a_session_says_nothing_but_what_is_documented() -> None:
    async with running_mesh() as edge, listening(edge) as client:
        heard: list[tuple[str, Any]] = []
        client.client.on("*", lambda name, payload: heard.append((name, payload)))
        tick_stream, chain_stream = await edge.streams()
        asked: list[tuple[str, object]] = [
            ("subscribe", {"type": "product", "symbol": "NIFTY"}),
            ("subscribe", {"type": "chain", "symbol": "NIFTY", "resume": 1}),
            ("get_products", None),
            ("authenticate", {"token": GOOD_TOKEN}),
            ("unsubscribe", {"type": "product", "symbol": "NIFTY"}),
        ]
        for name, argument in asked:
            check({} if argument is None else argument, _SOCKETS[name])
            check(await client.call(name, argument), _SOCKETS[f"{name}_ack"])
        for name, argument in (("subscribe", {"type": "shoe"}), ("shout", None)):
            check(await client.call(name, argument), _SOCKETS[REFUSED])
        tick_stream.send(ticks(samples.TICK))
        chain_stream.send(chains(samples.CHAIN))

        async def names() -> set[str]:
            return {name for name, _ in heard}

        await eventually(names, {"chain_update", "underlying_update"}.issubset)
    for name, payload in heard:
        check(payload, _SOCKETS[name])
    documented = {event.name for event in events.EVENTS}
    # The greeting came before anybody listened here.
    assert {name for name, _ in heard} == documented - {events.CONNECTED.name}


async def test_the_market_examples_are_what_a_session_receives() -> None:
    async with running_mesh() as edge, listening(edge) as client:
        tick_stream, chain_stream = await edge.streams()
        await client.call("subscribe", {"type": "chain", "symbol": "NIFTY"})
        tick_stream.send(ticks(samples.TICK))
        for name in ("subscribed", "underlying_update"):
            received = await client.next_of(name)
        assert without_seq(received) == without_seq(example("underlying_update"))
        chain_stream.send(chains(samples.CHAIN))
        for name in ("chain_summary", "chain_update"):
            received = await client.next_of(name)
            assert without_seq(received) == without_seq(example(name))


async def test_the_other_examples_are_what_a_session_receives() -> None:
    async with running_mesh() as edge, listening(edge) as client:
        named = {"type": "product", "symbol": "NIFTY"}
        await client.call("subscribe", named)
        assert await client.next_of("subscribed") == example("subscribed")
        assert await client.call("unsubscribe", named) == example("unsubscribe_ack")
        assert await client.next_of("unsubscribed") == example("unsubscribed")
        assert await client.call("get_products", None) == example("get_products_ack")
        assert await client.next_of("products") == example("products")
        refused = await client.call("subscribe", {"type": "product", "symbol": "NIFTI"})
        assert refused == example(REFUSED)
        assert await client.next_of("error") == example("error")


def example(key: str) -> dict[str, Any]:
    payload: dict[str, Any] = _SOCKETS[key]["examples"][0]["payload"]
    return payload


def without_seq(payload: dict[str, Any]) -> dict[str, Any]:
    assert isinstance(payload["seq"], int)
    return {name: value for name, value in payload.items() if name != "seq"}


@pytest.mark.parametrize("auth", [None, {"token": GOOD_TOKEN}])
async def test_admission_is_as_documented(auth: dict[str, str] | None) -> None:
    check(auth or {}, _SOCKETS["connect"])
    greetings: asyncio.Queue[Any] = asyncio.Queue()
    client = socketio.AsyncClient(reconnection=False)
    client.on("connected", greetings.put_nowait)
    async with running_mesh() as edge, asyncio.timeout(DEADLINE):
        await client.connect(edge.url, auth=auth, transports=["websocket"])
        greeting = await greetings.get()
        await client.disconnect()
    check(greeting, _SOCKETS["connected"])
    assert ("expires_at" in greeting) == (auth is not None)
    assert {**greeting, "expires_at": ""} == {**example("connected"), "expires_at": ""}


async def test_a_refused_admission_is_as_documented() -> None:
    refusals: asyncio.Queue[Any] = asyncio.Queue()
    client = socketio.AsyncClient(reconnection=False)
    client.on("connect_error", refusals.put_nowait)
    async with running_mesh(allow_anonymous=False) as edge, asyncio.timeout(DEADLINE):
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(edge.url, transports=["websocket"])
        refusal = await refusals.get()
    check(refusal, _SOCKETS[CONNECT_ERROR])
    assert refusal == example(CONNECT_ERROR)


_READERS: Final = {
    "subscribe": read_subscribe,
    "unsubscribe": read_unsubscribe,
    "authenticate": read_authenticate,
}
_SYMBOL: Final = {"symbol": "NIFTY"}


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("subscribe", {"type": "product", **_SYMBOL}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": 0}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": None}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": -1}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": 2**53}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": True}),
        ("subscribe", {"type": "chain", **_SYMBOL, "resume": "1"}),
        ("subscribe", {"type": "room", **_SYMBOL}),
        ("subscribe", {"type": "product", "symbol": "nifty"}),
        ("subscribe", {"type": "product"}),
        ("subscribe", _SYMBOL),
        ("subscribe", {"type": "product", **_SYMBOL, "colour": "red"}),
        ("subscribe", []),
        ("unsubscribe", {"type": "product", **_SYMBOL}),
        ("unsubscribe", {"type": "product", **_SYMBOL, "resume": 1}),
        ("unsubscribe", {}),
        ("authenticate", {"token": "x"}),
        ("authenticate", {"api_key": "x"}),
        ("authenticate", {"password": "x"}),
    ],
)
def test_a_request_fits_its_schema_exactly_when_it_is_accepted(name: str, argument: Any) -> None:
    try:
        _READERS[name]([argument])
        accepted = True
    except RefusedError:
        accepted = False
    assert fits(argument, _SOCKETS[name]) == accepted


def test_every_request_has_an_operation_with_its_acks() -> None:
    for request in events.REQUESTS:
        reply = _DOCUMENT["operations"][f"socket_{request.name}"]["reply"]["messages"]
        keys = [reference["$ref"].rpartition("/")[2] for reference in reply]
        assert keys == [ack_key(request), REFUSED]


def test_refusals_have_the_reasons_of_the_contract() -> None:
    reason = _SOCKETS["error"]["payload"]["properties"]["reason"]
    assert [f"ERROR_REASON_{name}" for name in reason["enum"]] == [
        name for name, number in ErrorReason.items() if number
    ]


async def test_lines_are_as_documented() -> None:
    message = _DOCUMENT["channels"]["EnrichmentService_StreamTicks"]["messages"]["line"]
    async with mesh() as edge:
        hand(edge, *frames(), SlowConsumerError("NIFTY"))
        response = await edge.client.get("/api/stream/ticks")
        lines = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert [*lines[-1]] == ["error"]
    for line in lines:
        check(line, message)
        assert not fits({"line": line}, message)


async def test_events_are_as_documented() -> None:
    message = _DOCUMENT["channels"]["EnrichmentService_StreamTicks"]["messages"]["event"]
    async with mesh() as edge:
        hand(edge, frames()[0], frames()[1], SlowConsumerError("NIFTY"))
        headers = {"Accept": "text/event-stream"}
        text = await (await edge.client.get("/api/stream/ticks", headers=headers)).text()
    received = [event_of(part) for part in text.split("\n\n")[1:-1]]
    assert [event["event"] for event in received] == ["started", "batch", "error"]
    assert [event.get("id") for event in received] == ["t1", "t2", None]
    for event in received:
        check(event, message)


def test_a_type_that_a_schema_cannot_say_is_not_lost() -> None:
    class Odd(TypedDict):
        when: complex

    with pytest.raises(UnknownTypeError, match="complex"):
        schema_of(Odd)


def test_check_notices_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "asyncapi.json"
    assert main([str(file), "--check"]) == 1
    assert main([str(file)]) == 0
    assert main([str(file), "--check"]) == 0
    file.write_bytes(file.read_bytes().replace(b"chain_summary", b"chain_gist"))
    assert main([str(file), "--check"]) == 1
    assert "make gen" in capsys.readouterr().err
