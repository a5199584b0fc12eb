"""Implied volatility over strikes and expiries."""

from dataclasses import dataclass

import numpy as np

from deltastream.domain.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Smile:
    """A volatility surface whose every slice is an SVI smile.

    It is the surface SVI of Gatheral and Jacquier, "Arbitrage-free SVI volatility surfaces",
    Quantitative Finance 14 (2014), with the power law phi(theta) = curvature / sqrt(theta (1 +
    theta)). Their Remark 4.4: no static arbitrage while curvature * (1 + |skew|) <= 2.

    Attributes:
        volatility: at the money, for every expiry; a fraction per square root of a year.
        skew: correlation of price and volatility, in (-1, 1); below 0 low strikes are dearer.
        curvature: how strongly volatility grows away from the money, above 0.
    """

    volatility: float
    skew: float
    curvature: float

    def __post_init__(self) -> None:
        """Refuse parameters that would let the quotes be arbitraged.

        Raises:
            ValueError: the curvature is too great for the skew.
        """
        if self.curvature * (1.0 + abs(self.skew)) > 2.0:  # noqa: PLR2004, the bound of Remark 4.4
            raise ValueError("curvature * (1 + |skew|) must not be above 2")

    def implied_volatility(self, *, log_moneyness: FloatArray, years: float) -> FloatArray:
        """Return the implied volatility at ln(strike / forward), `years` above 0 from expiry."""
        return smile_volatility(
            volatility=self.volatility,
            skew=self.skew,
            curvature=self.curvature,
            log_moneyness=log_moneyness,
            years=years,
        )


def smile_volatility(
    *,
    volatility: float | FloatArray,
    skew: float | FloatArray,
    curvature: float | FloatArray,
    log_moneyness: FloatArray,
    years: float | FloatArray,
) -> FloatArray:
    """Return what `Smile.implied_volatility` does, of many smiles: all arguments broadcast."""
    at_the_money = volatility * volatility * years
    scaled = curvature / np.sqrt(at_the_money * (1.0 + at_the_money)) * log_moneyness
    wings = np.sqrt((scaled + skew) ** 2 + 1.0 - skew * skew)
    total_variance = at_the_money / 2.0 * (1.0 + skew * scaled + wings)
    implied: FloatArray = np.sqrt(total_variance / years)
    return implied
