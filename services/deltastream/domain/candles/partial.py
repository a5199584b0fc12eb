"""A candle in the making: what some of a window's ticks say, fit to be merged with the rest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What a set of ticks says.

    Attributes:
        open_at: (time, sequence) of the first tick; times are microseconds since 1970, UTC.
        open: its price.
        close_at: (time, sequence) of the last tick.
        close: its price.
        volume: the sum of the volumes stated; None when no tick states one.
        count: how many ticks; at least 1.
        mean: arithmetic mean of the prices.
        squares: sum of the squared deviations of the prices from their mean (M2).
    """

    open_at: tuple[int, int]
    open: float
    close_at: tuple[int, int]
    close: float
    high: float
    low: float
    volume: float | None
    count: int
    mean: float
    squares: float

    @property
    def variance(self) -> float:
        """Population variance of the prices."""
        return self.squares / self.count


def merge(left: Partial, right: Partial) -> Partial:
    """Return what two sets of ticks that share none say together.

    Commutative to the last bit. Associative exactly in open, high, low, close and count; volume
    and mean to rounding (within 1e-12 of their value), and `squares` such that the standard
    deviation stays within 1e-12 of the price.

    Mean and squares are merged by Chan, Golub and LeVeque, "Updating formulae and a pairwise
    algorithm for computing sample variances" (1979), equation 2.1, the mean in its symmetric form.
    """
    first = left if left.open_at <= right.open_at else right
    last = left if left.close_at >= right.close_at else right
    high, low = max(left.high, right.high), min(left.low, right.low)
    count = left.count + right.count
    mean = (left.count * left.mean + right.count * right.mean) / count
    apart = right.mean - left.mean
    return Partial(
        open_at=first.open_at,
        open=first.open,
        close_at=last.close_at,
        close=last.close,
        high=high,
        low=low,
        volume=_total(left.volume, right.volume),
        count=count,
        # Rounding must not move the mean of a flat window off its one price.
        mean=min(max(mean, low), high),
        squares=left.squares + right.squares + apart * apart * (left.count * right.count / count),
    )


def _total(left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return left if right is None else right
    return left + right
