"""Chooses the source of market data from its name, in this one place."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from deltastream.adapters.calendar.load import shipped_calendars
from deltastream.adapters.source.replay import open_replay
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.adapters.source.synthetic import SyntheticSource
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.ports.clock import Clock
from deltastream.ports.source import Source

_REPLAY: Final = "replay:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What a source can be told; each takes what concerns it.

    Attributes:
        products: the symbols wanted; empty means all.
        seed, synthetic: of the synthetic source.
        speed, loop, replay_product, replay_expiry: of a replay.
        calendars: of the exchanges, of either; by default those of this release.
    """

    products: frozenset[str] = frozenset()
    seed: int = 1
    synthetic: SyntheticSettings = field(default_factory=SyntheticSettings)
    speed: float = 1.0
    loop: bool = False
    replay_product: str = ""
    replay_expiry: str = ""
    calendars: Calendars = field(default_factory=shipped_calendars)


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


def _synthetic(options: SourceOptions, clock: Clock) -> Source:
    return SyntheticSource(
        seed=options.seed,
        clock=clock,
        sleep=asyncio.sleep,
        products=sorted(options.products),
        settings=options.synthetic,
        calendars=options.calendars,
    )


def _replay(path: Path, options: SourceOptions, clock: Clock) -> Source:
    hints = SnapshotHints(
        product=options.replay_product or None,
        expiry=_date(options.replay_expiry) if options.replay_expiry else None,
    )
    return open_replay(
        path,
        speed=options.speed,
        loop=options.loop,
        clock=clock,
        sleep=asyncio.sleep,
        hints=hints,
        pick=options.products,
        calendars=options.calendars,
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError("replay_expiry", f"{text!r} is no date YYYY-MM-DD") from None
