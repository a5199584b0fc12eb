"""What every smile is to the rest of the surface, however it was fitted."""

from typing import Protocol

from deltastream.domain.arrays import FloatArray


class TotalVarianceCurve(Protocol):
    """Total implied variance, volatility^2 * years, of one expiry over k = ln(strike / forward).

    All methods take k of any shape and return an array of that shape.
    """

    def total_variance(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w(k), at least 0."""

    def slope(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w'(k)."""

    def curvature(self, log_moneyness: FloatArray) -> FloatArray:
        """Return w''(k)."""

    def samples(self, low: float, high: float) -> FloatArray:
        """Return ascending k from `low` to `high`, dense where the curve bends."""
