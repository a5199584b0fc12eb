"""What a chain means, as values: the figures of its legs and of the whole."""

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Final, Self, TypeVar

import numpy as np

from deltastream.domain.arrays import CodeArray, FloatArray
from deltastream.domain.missing import MissingReason


class PriceBasis(IntEnum):
    """Which price of a leg was used. Numbers are those of the contract."""

    MID = 1
    LAST = 2
    MIXED = 3


class Buildup(IntEnum):
    """What traders did with one option. Numbers are those of the contract."""

    LONG_BUILDUP = 1
    SHORT_BUILDUP = 2
    LONG_UNWINDING = 3
    SHORT_COVERING = 4
    NEUTRAL = 5


class PricingConvention(IntEnum):
    """How volatilities and Greeks are computed. Numbers are those of the contract."""

    BLACK76 = 1
    NSE = 2


class ForwardBasis(IntEnum):
    """Where a forward price comes from. Numbers are those of the contract."""

    PARITY = 1
    CARRIED_SPOT = 2


EnumT = TypeVar("EnumT", bound=IntEnum)


def members(enum: type[EnumT], numbers: CodeArray) -> list[EnumT | None]:
    """Return the members of an enumeration that have these numbers, shape (n,); None for 0."""
    return [enum(number) if number else None for number in numbers.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LegFigures:
    """What was computed of the calls or the puts of a chain: arrays of shape (listed strikes,).

    NaN is what could not be computed; where `iv` is, so are the Greeks, and `iv_missing` says
    why. Units are those of the contract: delta and gamma per 1 of the underlying, theta and charm
    per calendar day, vega, vanna and volga per volatility point, rho per 1 % of rate.

    Attributes:
        iv: annual implied volatility, a fraction.
        iv_missing: numbers of MissingReason, 0 where iv is present or was not attempted.
        price_basis: numbers of PriceBasis, 0 where iv is absent.
        buildup: numbers of Buildup, 0 where a change is unknown.
    """

    iv: FloatArray
    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray
    vanna: FloatArray
    volga: FloatArray
    charm: FloatArray
    iv_missing: CodeArray
    price_basis: CodeArray
    buildup: CodeArray

    @classmethod
    def none(cls, count: int) -> Self:
        """Return the figures of legs of which nothing was computed."""
        columns: dict[str, Any] = dict.fromkeys(FIGURE_COLUMNS, np.full(count, np.nan))
        columns |= dict.fromkeys(FIGURE_CODES, np.zeros(count, dtype=np.int8))
        return cls(**columns)

    def __len__(self) -> int:
        return len(self.iv)


FIGURE_CODES: Final = ("iv_missing", "price_basis", "buildup")
"""The columns of LegFigures that hold numbers of an enumeration."""

FIGURE_COLUMNS: Final = tuple(c.name for c in fields(LegFigures) if c.name not in FIGURE_CODES)
"""The columns of LegFigures that hold numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainMetrics:
    """What a chain means as a whole, under the names of the contract.

    None is what cannot be computed; `missing` says why, by name. What each figure is stands in
    the contract, deltastream.market.v1.EnrichedChain.
    """

    total_call_oi: float
    total_put_oi: float
    total_call_volume: float
    total_put_volume: float
    pcr_oi: float | None = None
    pcr_volume: float | None = None
    atm_strike: float | None = None
    atm_call_price: float | None = None
    atm_put_price: float | None = None
    atm_straddle_price: float | None = None
    forward: float | None = None
    rate: float | None = None
    years_to_expiry: float | None = None
    atm_forward_strike: float | None = None
    atm_iv: float | None = None
    expected_move: float | None = None
    expected_move_straddle: float | None = None
    risk_reversal_25d: float | None = None
    butterfly_25d: float | None = None
    support: float | None = None
    resistance: float | None = None
    contract_size: float | None = None
    net_gamma_exposure: float | None = None
    call_wall: float | None = None
    put_wall: float | None = None
    zero_gamma: float | None = None
    convention: PricingConvention | None = None
    forward_basis: ForwardBasis | None = None
    price_basis: PriceBasis | None = None
    atm_straddle_basis: PriceBasis | None = None
    max_pain_ties: tuple[float, ...] = ()
    missing: dict[str, MissingReason] = field(default_factory=dict)

    @property
    def max_pain_strike(self) -> float | None:
        """The lowest strike of least pain; None when there is no open interest."""
        return self.max_pain_ties[0] if self.max_pain_ties else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainAnalysis:
    """What was computed of a chain: the figures of its legs, and of the whole."""

    call_figures: LegFigures
    put_figures: LegFigures
    metrics: ChainMetrics


METRIC_ENUMS: Final[dict[str, type[IntEnum]]] = {
    "convention": PricingConvention,
    "forward_basis": ForwardBasis,
    "price_basis": PriceBasis,
    "atm_straddle_basis": PriceBasis,
}
"""The fields of ChainMetrics that are members of an enumeration."""

METRIC_NUMBERS: Final = tuple(
    metric.name
    for metric in fields(ChainMetrics)
    if metric.name not in {*METRIC_ENUMS, "max_pain_ties", "missing"}
)
"""The fields of ChainMetrics that are numbers."""
