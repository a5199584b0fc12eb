"""Chooses the source of market data from its name, in this one place."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deltastream.domain.errors import SourceFormatError
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source

_REPLAY: Final = "replay:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What a source can be told; each takes what concerns it.

    Attributes:
        products: the symbols wanted; empty means all.
        seed, rate: of the synthetic source.
        speed, loop, replay_product, replay_expiry: of a replay.
    """

    products: frozenset[str] = frozenset()
    seed: int = 1
    rate: float = 1.0
    speed: float = 1.0
    loop: bool = False
    replay_product: str = ""
    replay_expiry: str = ""


def open_source(name: str, options: SourceOptions, *, clock: Clock) -> Source:
    """Open a source.

    Args:
        name: `synthetic`, or `replay:FILE_OR_FOLDER`.
        options: what it is told.
        clock: the time it lives in.

    Raises:
        ValueError: no source has this name.
        SourceFormatError: the replay has nothing to read.
        InvalidValueError: a product is wanted that the source does not have.
    """
    if name == "synthetic":
        return _synthetic(options, clock)
    if name.startswith(_REPLAY):
        return _replay(Path(name.removeprefix(_REPLAY)).expanduser(), options, clock)
    raise ValueError(f"source {name!r} is not known; use `synthetic` or `replay:FILE_OR_FOLDER`")
