"""How values are shown: their unit, and from where on they are bad."""

from dataclasses import dataclass
from enum import StrEnum

from tools.dashboards.queries import Json


class Unit(StrEnum):
    """What a value is in, by Grafana's names."""

    BYTES = "bytes"
    CALLS = "reqps"
    CORES = "none"
    COUNT = "short"
    DATE = "dateTimeAsIso"
    EVENTS = "eps"
    SECONDS = "s"
    SHARE = "percentunit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on a value is not good.

    Attributes:
        warning: yellow from here on; None is never.
        critical: red from here on; None is never.
        good_when_high: whether values below are the bad ones.
    """

    warning: float | None = None
    critical: float | None = None
    good_when_high: bool = False


NONE = Limits()


def thresholds(limits: Limits) -> Json:
    """Return what colours a value has."""
    steps: list[Json]
    if limits.good_when_high:
        steps = [{"color": "red", "value": None}]
        steps += _step("yellow", limits.critical) + _step("green", limits.warning)
    else:
        steps = [{"color": "green", "value": None}]
        steps += _step("yellow", limits.warning) + _step("red", limits.critical)
    return {"mode": "absolute", "steps": steps}


def _step(color: str, value: float | None) -> list[Json]:
    return [] if value is None else [{"color": color, "value": value}]


def up_or_down() -> list[Json]:
    """Return how 1 and 0 are shown."""
    options = {
        "0": {"text": "no", "color": "red", "index": 0},
        "1": {"text": "yes", "color": "green", "index": 1},
    }
    return [{"type": "value", "options": options}]
