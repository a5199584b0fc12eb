"""How two answers to one request differ."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import text_format
from google.protobuf.message import Message
from tests.gateway.both_sides import Exchange
from tests.gateway.exchange import Answer


class Absent:
    """Stands where one side has nothing."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = Absent()
# Retry-After only where both set it: a grpc-gateway leaves it to whoever stands before it.
_ALWAYS: Final = ("Content-Type", "WWW-Authenticate")
_IF_BOTH: Final = ("Retry-After", "Allow", "Cache-Control", "Content-Encoding", "Location")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    Attributes:
        where: "served", "asked", "status", "header NAME", "envelope", or a place in the body:
            "body.latest.pcr_oi", or "body[0].result" for the first line of a stream.
        edge: what it is there.
        gateway: what it is here.
    """

    where: str
    edge: Any
    gateway: Any


def differences(exchange: Exchange) -> list[Difference]:
    """Return everything in which the two answers differ.

    When only one side asked a service, everything else differs too, and is not listed.
    """
    edge, gateway = exchange.edge, exchange.gateway
    if edge.served != gateway.served:
        return [Difference("served", _outcome(edge), _outcome(gateway))]
    return [
        *_between("asked", _texts(edge.asked), _texts(gateway.asked)),
        *_between("status", edge.status, gateway.status),
        *_headers(edge, gateway),
        *_bodies(_content(edge), _content(gateway)),
    ]


def _outcome(answer: Answer) -> Any:
    return "served" if answer.served else f"refused with {answer.status}"


def _texts(asked: tuple[Message, ...]) -> list[str]:
    # As text, in which a NaN equals a NaN.
    return [text_format.MessageToString(message) for message in asked]


def _headers(edge: Answer, gateway: Answer) -> Iterator[Difference]:
    for name in _ALWAYS + _IF_BOTH:
        ours, theirs = edge.headers.get(name, ABSENT), gateway.headers.get(name, ABSENT)
        if name in _ALWAYS or ABSENT not in {ours, theirs}:
            yield from _between(f"header {name}", ours, theirs)


def _bodies(edge: Any, gateway: Any) -> Iterator[Difference]:
    match edge, gateway:
        case {"code": _}, [{"error": status}]:
            yield Difference("envelope", "a status", "the only line of a stream")
            yield from _between("body", edge, status)
        case _:
            yield from _between("body", edge, gateway)


def _content(answer: Answer) -> Any:
    """Return the body's JSON, or that of each of its lines, or the text if it is none."""
    try:
        # A number is the same with and without a fraction, and however many digits it has.
        lines = [json.loads(line, parse_int=float) for line in answer.body.splitlines() if line]
    except ValueError:
        return answer.body.decode(errors="replace")
    return lines[0] if len(lines) == 1 and answer.body[-1:] != b"\n" else lines


def _between(where: str, edge: Any, gateway: Any) -> Iterator[Difference]:
    if isinstance(edge, dict) and isinstance(gateway, dict):
        for name in edge.keys() | gateway.keys():
            yield from _between(
                f"{where}.{name}", edge.get(name, ABSENT), gateway.get(name, ABSENT)
            )
    elif isinstance(edge, list) and isinstance(gateway, list) and len(edge) == len(gateway):
        for index, (ours, theirs) in enumerate(zip(edge, gateway, strict=True)):
            yield from _between(f"{where}[{index}]", ours, theirs)
    elif edge != gateway or isinstance(edge, bool) != isinstance(gateway, bool):
        yield Difference(where, edge, gateway)
