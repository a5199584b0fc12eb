"""Prices, implied volatilities and Greeks of options that nobody stored."""

from dataclasses import dataclass, fields
from enum import Enum, auto
from typing import Final

import numpy as np

from deltastream.domain.arrays import BoolArray, CodeArray, FloatArray
from deltastream.domain.missing import MissingReason
from deltastream.domain.pricing.black76 import black76
from deltastream.domain.pricing.black_scholes import black_scholes
from deltastream.domain.pricing.greeks import Greeks
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities

GREEKS: Final = tuple(greek.name for greek in fields(Greeks))
"""The names of all Greeks."""


class PricingModel(Enum):
    """What the underlying of an option is: its forward, or spot."""

    BLACK76 = auto()
    BLACK_SCHOLES = auto()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionBatch:
    """Options to compute: arrays of shape (options,).

    Attributes:
        underlying: the forward by BLACK76, spot by BLACK_SCHOLES; above 0.
        strikes: above 0.
        years: to expiry, at least 0.
        rate, dividend_yield: continuous, fractions per year; the yield is not looked at by BLACK76.
        price: NaN where a volatility is given.
        volatility: annual, a fraction; NaN where a price is given.
    """

    calls: BoolArray
    underlying: FloatArray
    strikes: FloatArray
    years: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    price: FloatArray
    volatility: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionFigures:
    """What was computed, parallel to the batch; NaN is absent.

    Attributes:
        reasons: numbers of MissingReason, 0 where nothing is absent.
    """

    price: FloatArray
    iv: FloatArray
    greeks: Greeks
    reasons: CodeArray


def calculate(batch: OptionBatch, model: PricingModel) -> OptionFigures:
    """Imply the volatility of the options that have a price, then value all.

    An option that has expired has no implied volatility, whatever was given: its price is the one
    given, else its intrinsic value, and it has Greeks. Any other without a volatility has none. A
    figure too large for a number is absent too.
    """
    # Absurd arguments overflow; what comes of it is taken for absent.
    with np.errstate(over="ignore"):
        volatility, reasons = _volatilities(batch, model)
        price, greeks = _valued(batch, model, volatility)
    price = np.where(np.isnan(batch.price), price, batch.price)
    figures = np.array([price, *(getattr(greeks, name) for name in GREEKS)])
    finite = np.isfinite(figures)
    reasons[(reasons == 0) & ~finite.all(axis=0)] = MissingReason.INVALID_INPUT
    price, *derivatives = np.where(finite, figures, np.nan)
    return OptionFigures(
        price=price,
        iv=np.where(batch.years > 0.0, volatility, np.nan),
        greeks=Greeks(**dict(zip(GREEKS, derivatives, strict=True))),
        reasons=reasons,
    )


def _volatilities(batch: OptionBatch, model: PricingModel) -> tuple[FloatArray, CodeArray]:
    """Return the volatilities given or implied, and why there is none."""
    priced = ~np.isnan(batch.price)
    forward = batch.underlying
    if model is PricingModel.BLACK_SCHOLES:
        forward = forward * np.exp((batch.rate - batch.dividend_yield) * batch.years)
    solved = implied_volatilities(
        prices=batch.price[priced],
        calls=batch.calls[priced],
        forward=forward[priced],
        strikes=batch.strikes[priced],
        years=batch.years[priced],
        discount=np.exp(-batch.rate * batch.years)[priced],
    )
    volatility, reasons = batch.volatility.copy(), np.zeros(len(priced), dtype=np.int8)
    volatility[priced], reasons[priced] = solved.values, solved.reasons
    reasons[batch.years == 0.0] = MissingReason.EXPIRED
    return volatility, reasons


def _valued(
    batch: OptionBatch, model: PricingModel, volatility: FloatArray
) -> tuple[FloatArray, Greeks]:
    if model is PricingModel.BLACK_SCHOLES:
        return black_scholes(
            calls=batch.calls,
            spot=batch.underlying,
            strikes=batch.strikes,
            volatility=volatility,
            years=batch.years,
            rate=batch.rate,
            dividend_yield=batch.dividend_yield,
        )
    return black76(
        calls=batch.calls,
        forward=batch.underlying,
        strikes=batch.strikes,
        volatility=volatility,
        years=batch.years,
        rate=batch.rate,
    )
