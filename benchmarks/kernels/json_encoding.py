"""How long it takes to write an enriched chain as JSON, beside protobuf's own library."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from benchmarks.report import Figure, median
from benchmarks.sample_messages import STRIKES, sample_chain
from google.protobuf import json_format
from google.protobuf.message import Message

from deltastream.edge.proto_json.encoding import to_json
from deltastream.market.v1.chain_pb2 import EnrichedChain

_REPETITIONS: Final = 500
# What clients of the original platform read of a leg.
_FEW: Final = frozenset(
    [
        "symbol",
        "strike",
        "bid",
        "ask",
        "last",
        "volume",
        "open_interest",
        "iv",
        "delta",
        "gamma",
        "theta",
        "vega",
    ]
)


def json_figures() -> list[Figure]:
    """Write a chain with every figure that a leg may have, and one with the original's twelve."""
    return [
        *_figures("every field", sample_chain(), wanted="at most 80"),
        *_figures(f"{len(_FEW)} fields a leg", _with_few_fields(sample_chain()), wanted=""),
    ]


def _with_few_fields(chain: EnrichedChain) -> EnrichedChain:
    legs: tuple[Message, ...] = (*chain.calls, *chain.puts)
    for leg in legs:
        for field in leg.DESCRIPTOR.fields:
            if field.name not in _FEW:
                leg.ClearField(field.name)
    return chain


def _figures(what: str, chain: EnrichedChain, *, wanted: str) -> list[Figure]:
    name = f"JSON of a chain of {STRIKES} strikes, {what}"
    by_reference = partial(
        json_format.MessageToJson,
        chain,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
        indent=None,
    )
    return [
        Figure(name=name, value=1e6 * _seconds(partial(to_json, chain)), unit="µs", wanted=wanted),
        Figure(name=f"{name}: json_format", value=1e6 * _seconds(by_reference), unit="µs"),
        Figure(name=f"{name}: length", value=len(to_json(chain)), unit="bytes"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(_REPETITIONS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return median(times)
