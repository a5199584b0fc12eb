"""Max pain: the settlement price at which the holders of all options would receive least."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deltastream.domain.arrays import FloatArray, PlaceArray

TIE_TOLERANCE: Final = 1e-12
"""Strikes tie where the open interest to either side balances to this part of its total.

Sums of up to 2,000 doubles err by less; a real imbalance is at least one contract, or a fraction
of one where the source divides by a lot size, in totals of far fewer than 1e12.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PainCurve:
    """What option holders would receive, were the underlying to settle at each listed strike.

    All arrays have shape (listed strikes,). Pain is price times quantity, in the units of both.

    Attributes:
        strikes: every strike with a call, a put or both, ascending.
        call_open_interest: of the call at each strike; 0 where none is listed or stated.
        put_open_interest: of the put at each strike; 0 where none is listed or stated.
    """

    strikes: FloatArray
    call_open_interest: FloatArray
    put_open_interest: FloatArray

    @property
    def call_pain(self) -> FloatArray:
        """Payout of all calls: the sum of OI * max(settlement - strike, 0)."""
        steps = np.cumsum(self.call_open_interest)[:-1] * np.diff(self.strikes)
        return np.concatenate(([0.0], np.cumsum(steps)))[: len(self.strikes)]

    @property
    def put_pain(self) -> FloatArray:
        """Payout of all puts: the sum of OI * max(strike - settlement, 0)."""
        steps = np.cumsum(self.put_open_interest[::-1])[::-1][1:] * np.diff(self.strikes)
        return np.concatenate(([0.0], np.cumsum(steps[::-1])))[: len(self.strikes)][::-1]

    @property
    def total(self) -> FloatArray:
        """Payout of all options."""
        return self.call_pain + self.put_pain

    @property
    def least(self) -> tuple[float, ...]:
        """All strikes of least total pain, ascending; empty when there is no open interest."""
        if not len(self.strikes):
            return ()
        first, end = least_pain(
            call_open_interest=self.call_open_interest, put_open_interest=self.put_open_interest
        )
        return tuple(self.strikes[int(first) : int(end)].tolist())


def least_pain(
    *, call_open_interest: FloatArray, put_open_interest: FloatArray
) -> tuple[PlaceArray, PlaceArray]:
    """Find the strikes of least total pain.

    Total pain is convex and piecewise linear. From one strike to the next it climbs by the open
    interest of the calls below less that of the puts above, so the strikes of least pain are
    neighbours, from where it stops falling to where it starts to rise. Comparing slopes finds ties
    that comparing the far larger payouts would lose to rounding.

    Args:
        call_open_interest: of the call at each strike, shape (..., strikes), at least one strike;
            0 where none is listed or stated.
        put_open_interest: of the put at each strike, likewise.

    Returns:
        The first place and the one behind the last, of shape (...); both 0 when there is no open
        interest.
    """
    calls_below = np.add.accumulate(call_open_interest, axis=-1)
    puts_above = np.add.accumulate(put_open_interest[..., ::-1], axis=-1)[..., ::-1]
    open_interest = calls_below[..., -1] + puts_above[..., 0]
    slopes = calls_below[..., :-1] - puts_above[..., 1:]
    flat = (TIE_TOLERANCE * open_interest)[..., None]
    first = np.count_nonzero(slopes < -flat, axis=-1)
    end = np.count_nonzero(slopes <= flat, axis=-1) + 1
    return np.where(open_interest == 0.0, 0, first), np.where(open_interest == 0.0, 0, end)


def pain_curve(
    *,
    call_strikes: FloatArray,
    call_open_interest: FloatArray,
    put_strikes: FloatArray,
    put_open_interest: FloatArray,
) -> PainCurve:
    """Lay calls and puts out over all their strikes; a strike with one leg counts too.

    Args:
        call_strikes: shape (calls,), ascending without repetition.
        call_open_interest: shape (calls,), at least 0; NaN is what the source did not state.
        put_strikes: shape (puts,), ascending without repetition.
        put_open_interest: shape (puts,), likewise.
    """
    strikes = call_strikes
    if not np.array_equal(call_strikes, put_strikes):
        strikes = np.union1d(call_strikes, put_strikes)
    return PainCurve(
        strikes=strikes,
        call_open_interest=_spread(call_open_interest, of=call_strikes, over=strikes),
        put_open_interest=_spread(put_open_interest, of=put_strikes, over=strikes),
    )


def _spread(quantities: FloatArray, *, of: FloatArray, over: FloatArray) -> FloatArray:
    """Place the quantities of some strikes among all strikes, 0 at the others and for NaN."""
    stated = np.where(np.isnan(quantities), 0.0, quantities)
    if len(of) == len(over):
        return stated
    spread = np.zeros(len(over))
    spread[np.searchsorted(over, of)] = stated
    return spread
