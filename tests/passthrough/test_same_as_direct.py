"""Through the public address a call is the same as made to its service directly, to the byte."""

import random
from collections.abc import AsyncIterator, Sequence

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.rpc import status_pb2
from tests.passthrough.public_mesh import (
    GET_FEED_STATUS,
    PUBLIC,
    STREAM_CHAINS,
    PublicMesh,
    public_mesh,
)
from tests.passthrough.recording import Pairs, Said, begun, echo, heard, saying

from deltastream.edge.contract import path_of, role_of
from deltastream.runtime.errors import STATUS_DETAILS_KEY

CASES = 120
# The edge tries an idempotent call again that is answered UNAVAILABLE; this is tested apart.
CODES = tuple(code for code in grpc.StatusCode if code is not grpc.StatusCode.UNAVAILABLE)
UNARY = tuple(method for method in PUBLIC if not method.server_streaming)
STREAMING = tuple(method for method in PUBLIC if method.server_streaming)
MEGABYTE = 1024 * 1024
# What the client and gRPC say of the connection itself, hop by hop.
HOP = "user-agent"


@pytest.fixture
async def mesh() -> AsyncIterator[PublicMesh]:
    async with public_mesh() as running:
        yield running


async def test_every_public_method_reaches_its_owner_and_nobody_else(mesh: PublicMesh) -> None:
    for method in PUBLIC:
        request = method.full_name.encode()
        said = Said(messages=(b"answer to " + request,))
        mesh.script(saying(said, streaming=method.server_streaming))
        answer = await heard(
            mesh.public, path_of(method), request, streaming=method.server_streaming
        )
        assert answer == said
    for role, service in mesh.services.items():
        expected = [path_of(each) for each in PUBLIC if role_of(each.containing_service) == role]
        assert [seen.path for seen in service.seen] == expected
        assert [seen.request.decode() for seen in service.seen] == [
            path.removeprefix("/").replace("/", ".") for path in expected
        ]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing is kept secret with it


def _pairs(chance: random.Random, *, most: int) -> Pairs:
    pairs: list[tuple[str, str | bytes]] = []
    for _ in range(chance.randrange(most)):
        name = "".join(chance.choices("abcxyz019_.-", k=chance.randrange(1, 12)))
        if chance.random() < 0.5:
            pairs.append((f"x{name}-bin", chance.randbytes(chance.randrange(30))))
        else:
            text = "".join(
                chance.choices([chr(i) for i in range(33, 127)], k=chance.randrange(1, 20))
            )
            pairs.append((f"x{name}", text))
    # gRPC hands metadata on grouped by name.
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _said(chance: random.Random, *, streaming: bool) -> Said:
    code = chance.choice(CODES) if chance.random() < 0.6 else grpc.StatusCode.OK
    failed = code is not grpc.StatusCode.OK
    trailing = _pairs(chance, most=6)
    message = (
        chance.choice(["", "plain", "ünïcode 100 % \n and lines", "x" * 500]) if failed else ""
    )
    if failed:
        status = status_pb2.Status(code=code.value[0], message=message)
        status.details.add(type_url="type.example.com/Foreign", value=chance.randbytes(20))
        trailing += ((STATUS_DETAILS_KEY, status.SerializeToString()),)
    messages = tuple(
        chance.randbytes(chance.choice([0, 1, 100, 20_000]))
        for _ in range(chance.randrange(6) if streaming else 1)
    )
    return Said(
        initial=_pairs(chance, most=5),
        messages=() if failed and not streaming else messages,
        code=code,
        message=message,
        trailing=trailing,
    )


def _ordered(said: Said) -> Said:
    return Said(
        initial=tuple(sorted(said.initial, key=lambda pair: pair[0])),
        messages=said.messages,
        code=said.code,
        message=said.message,
        trailing=tuple(sorted(said.trailing, key=lambda pair: pair[0])),
    )


@pytest.mark.parametrize("kind", [UNARY, STREAMING], ids=["unary", "stream"])
async def test_bytes_metadata_and_status_are_those_of_a_direct_call(
    mesh: PublicMesh, kind: Sequence[MethodDescriptor]
) -> None:
    chance = seeded(20261121)
    for case in range(CASES):
        method = chance.choice(kind)
        owner, path, streaming = mesh.owner(method), path_of(method), method.server_streaming
        said = _said(chance, streaming=streaming)
        owner.script = saying(said, streaming=streaming)
        request, metadata = chance.randbytes(chance.choice([0, 3, 5_000])), _pairs(chance, most=6)
        direct = await heard(
            mesh.direct[role_of(method.containing_service)],
            path,
            request,
            streaming=streaming,
            metadata=metadata,
        )
        through = await heard(mesh.public, path, request, streaming=streaming, metadata=metadata)
        assert _ordered(through) == _ordered(direct), f"case {case}: {said}"
        at_first, at_second = owner.seen[-2:]
        assert at_second.request == at_first.request == request
        assert sorted(p for p in at_second.metadata if p[0] != HOP) == sorted(
            p for p in at_first.metadata if p[0] != HOP
        )


async def test_what_belongs_to_one_connection_stays_on_it(mesh: PublicMesh) -> None:
    sent = (
        ("connection", "close"),
        ("host", "elsewhere"),
        ("grpc-anything", "7"),
        ("grpc-trace-bin", b"123"),
        ("traceparent", "00-1-2-01"),
        ("authorization", "Bearer one"),
        ("authorization", "Bearer two"),
    )
    await heard(mesh.public, GET_FEED_STATUS, b"", streaming=False, metadata=sent)
    (seen,) = mesh.services["feed"].seen
    assert sorted(p for p in seen.metadata if p[0] != HOP) == [
        ("authorization", "Bearer one"),
        ("authorization", "Bearer two"),
        ("traceparent", "00-1-2-01"),
    ]


async def test_the_time_left_is_passed_on(mesh: PublicMesh) -> None:
    await heard(mesh.public, GET_FEED_STATUS, b"", streaming=False, seconds=7.0)
    await heard(mesh.public, STREAM_CHAINS, b"", streaming=True, seconds=7.0)
    await begun(mesh.public, STREAM_CHAINS, streaming=True).code()
    (unary,) = mesh.services["feed"].seen
    bounded, unbounded = mesh.services["enrichment"].seen
    for seen in (unary, bounded):
        assert seen.seconds_left is not None
        assert 5.0 < seen.seconds_left < 7.5
    assert unbounded.seconds_left is None


async def test_messages_of_megabytes_pass_both_ways(mesh: PublicMesh) -> None:
    request = seeded(1).randbytes(4 * MEGABYTE)
    mesh.script(echo)
    assert (await heard(mesh.public, GET_FEED_STATUS, request, streaming=False)).messages == (
        request,
    )
    large = (seeded(2).randbytes(15 * MEGABYTE),)
    mesh.script(saying(Said(messages=large), streaming=True))
    assert (await heard(mesh.public, STREAM_CHAINS, b"", streaming=True)).messages == large


async def test_a_request_beyond_four_megabytes_is_refused(mesh: PublicMesh) -> None:
    said = await heard(mesh.public, GET_FEED_STATUS, b"x" * (4 * MEGABYTE + 1), streaming=False)
    assert said.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert mesh.services["feed"].seen == []
