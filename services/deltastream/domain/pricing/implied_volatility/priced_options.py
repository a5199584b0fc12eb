"""Options and their prices, as arrays of one length."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from deltastream.domain.arrays import BoolArray, FloatArray


class PricedOptions(NamedTuple):
    """European options of shape (options,). Their numbers may be anything at all.

    Attributes:
        calls: True for calls, False for puts.
        prices: values today, in the unit of the forward.
        forward: price of the underlying for delivery at expiry.
        strikes: in the unit of the forward.
        years: time to expiry.
        discount: value today of one unit at expiry.
    """

    calls: BoolArray
    prices: FloatArray
    forward: FloatArray
    strikes: FloatArray
    years: FloatArray
    discount: FloatArray

    def at(self, selection: slice | NDArray[np.intp]) -> Self:
        """Return some of the options."""
        return type(self)(
            calls=self.calls[selection],
            prices=self.prices[selection],
            forward=self.forward[selection],
            strikes=self.strikes[selection],
            years=self.years[selection],
            discount=self.discount[selection],
        )


def in_one_row(
    *,
    calls: bool | BoolArray,
    prices: float | FloatArray,
    forward: float | FloatArray,
    strikes: float | FloatArray,
    years: float | FloatArray,
    discount: float | FloatArray,
) -> tuple[PricedOptions, tuple[int, ...]]:
    """Broadcast arguments together and lay them out one after the other.

    Returns:
        The options, and the shape that they had.

    Raises:
        ValueError: the shapes do not broadcast.
    """
    numbers = (prices, forward, strikes, years, discount)
    shape = np.broadcast(calls, *numbers).shape
    is_call = np.empty(shape, dtype=np.bool_)
    is_call[...] = calls
    table = np.empty((len(numbers), *shape))
    for row, column in enumerate(numbers):
        table[row, ...] = column
    return PricedOptions(is_call.reshape(-1), *table.reshape(len(numbers), -1)), shape
