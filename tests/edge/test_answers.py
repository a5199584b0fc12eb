"""What many are answered alike is worked out once."""

import asyncio
import itertools

import grpc
import pytest
from google.protobuf.message import DecodeError, Message

from deltastream.edge import answers as module
from deltastream.edge.answers import Answer, Answers, answer_of
from deltastream.edge.contract import SERVICES, is_secret
from deltastream.edge.credentials import Credentials
from deltastream.edge.proto_json.encoding import to_json
from deltastream.edge.transcoder.call_options import CallLimits
from deltastream.edge.transcoder.http_rule import bindings_of
from deltastream.edge.transcoder.unary import UnaryHandler
from deltastream.market.v1.product_pb2 import Product
from deltastream.market.v1.tick_pb2 import UnderlyingTick

NIFTY = UnderlyingTick(product="NIFTY", price=1.5).SerializeToString()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Return the messages that are written as JSON from now on."""
    messages: list[Message] = []

    def write(message: Message) -> bytes:
        messages.append(message)
        return to_json(message)

    monkeypatch.setattr(module, "to_json", write)
    return messages


def test_the_same_bytes_are_written_once(written: list[Message]) -> None:
    answers = Answers()
    first = answers.of(NIFTY, UnderlyingTick.FromString)
    # Equal, and not the very same: as two calls bring them.
    again = answers.of(bytes(bytearray(NIFTY)), UnderlyingTick.FromString)
    assert again is first
    assert first.body == b'{"product":"NIFTY","price":1.5,"sequence":"0"}'
    assert len(written) == 1


def test_the_same_bytes_of_another_message_are_another_answer() -> None:
    answers = Answers()
    content = UnderlyingTick(product="SPY").SerializeToString()
    tick = answers.of(content, UnderlyingTick.FromString)
    product = answers.of(content, Product.FromString)
    assert tick.body != product.body
    assert b'"symbol":"SPY"' in product.body


def test_a_large_answer_is_not_kept(written: list[Message]) -> None:
    answers, large = Answers(), UnderlyingTick(product="X" * 20_000).SerializeToString()
    assert answers.of(large, UnderlyingTick.FromString).body == to_json(written[0])
    answers.of(large, UnderlyingTick.FromString)
    assert len(written) == 2


def test_of_many_answers_those_given_last_are_kept(written: list[Message]) -> None:
    answers = Answers()
    contents = [UnderlyingTick(sequence=n + 1).SerializeToString() for n in range(200)]
    for content in contents:
        answers.of(content, UnderlyingTick.FromString)
    answers.of(contents[-1], UnderlyingTick.FromString)
    assert len(written) == 200
    answers.of(contents[0], UnderlyingTick.FromString)
    assert len(written) == 201


def test_an_answer_that_nobody_may_keep_is_written_each_time(written: list[Message]) -> None:
    for _ in range(2):
        answer_of(NIFTY, UnderlyingTick.FromString)
    assert len(written) == 2


def test_what_is_no_message_is_an_error_each_time() -> None:
    answers = Answers()
    for _ in range(2):
        with pytest.raises(DecodeError):
            answers.of(b"\xff", UnderlyingTick.FromString)


async def test_an_answer_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encodings: list[str] = []

    async def encoded(body: bytes, encoding: str) -> bytes:
        encodings.append(encoding)
        await asyncio.sleep(0)
        return encoding.encode() + body[:1]

    monkeypatch.setattr(module, "encoded", encoded)
    answer = Answer(b"{}")
    assert [await answer.encoded(name) for name in ("br", "gzip", "br", "identity")] == [
        b"br{",
        b"gzip{",
        b"br{",
        b"{}",
    ]
    assert encodings == ["br", "gzip"]


async def test_only_answers_that_are_for_one_caller_alone_are_never_kept() -> None:
    answers = Answers()
    async with grpc.aio.insecure_channel("127.0.0.1:1") as channel:
        for binding in itertools.chain.from_iterable(map(bindings_of, SERVICES)):
            if not binding.method.server_streaming:
                handler = UnaryHandler(binding, channel, CallLimits(), Credentials(), answers)
                keeps = handler._answer_of != answer_of
                assert keeps != is_secret(binding.method), binding.template
