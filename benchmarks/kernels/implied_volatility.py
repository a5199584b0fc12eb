"""How fast and how precise implied volatilities are, beside other solvers on the same options.

The peers come with the `bench` extra. They are benchmark-only; one that is not installed is told.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
from benchmarks.report import Figure, median, table

from deltastream.domain.arrays import BoolArray, FloatArray
from deltastream.domain.pricing.implied_volatility.solve import implied_volatilities

_BATCH: Final = 100_000
_SAMPLE: Final = 2_000
_REPEATS: Final = 15
_DIGITS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """Undiscounted options out of the money, shape (options,), and the volatilities behind them."""

    calls: BoolArray
    forward: FloatArray
    strikes: FloatArray
    years: FloatArray
    volatility: FloatArray
    prices: FloatArray

    def repeated(self, times: int) -> "Options":
        return Options(**{name: np.tile(getattr(self, name), times) for name in self.__slots__})


Solver = Callable[[Options], FloatArray]


def implied_volatility() -> list[Figure]:
    """Measure batches, chains and errors, one thread, in one run for all solvers."""
    try:
        near, far, batch = (_sample(*bounds) for bounds in ((0.0, 3.0), (3.0, 6.0), (0.0, 4.0)))
    except ModuleNotFoundError as error:
        return [_absent(f"{error.name}, for reference prices")]
    many = batch.repeated(_BATCH // _SAMPLE)
    figures = [*_precision("deltastream", _ours, near, far)]
    ours = _rate(_ours, many)
    figures += [
        Figure(
            name="IV, batches of 100,000", value=ours, unit="IV/s", wanted="1.5 million or more"
        ),
        *(_chain(strikes, limit) for strikes, limit in ((21, 0.2), (200, 0.5))),
    ]
    for name, peer, options, factor in _peers(batch, many):
        if peer is None:
            figures.append(_absent(name))
            continue
        rate = _rate(peer, options)
        figures += [
            *_precision(name, peer, near, far),
            Figure(name=f"IV, {name}", value=rate, unit="IV/s"),
            Figure(
                name=f"IV, deltastream over {name}",
                value=ours / rate,
                unit="times",
                wanted=f"{factor} or more",
            ),
        ]
    return figures


def _sample(nearest: float, furthest: float) -> Options:
    """Draw volatilities of 5 to 150 %, 1 day to 3 years, strikes evenly by their deviations."""
    random = np.random.default_rng(20260127)
    volatility, years = random.uniform(0.05, 1.5, _SAMPLE), random.uniform(1 / 365, 3.0, _SAMPLE)
    distance = random.uniform(nearest, furthest, _SAMPLE) * random.choice((-1.0, 1.0), _SAMPLE)
    forward = random.uniform(10.0, 30_000.0, _SAMPLE)
    strikes = forward * np.exp(distance * volatility * np.sqrt(years))
    calls = strikes > forward
    return Options(
        calls=calls,
        forward=forward,
        strikes=strikes,
        years=years,
        volatility=volatility,
        prices=_exact_prices(calls, forward, strikes, years, volatility),
    )


def _exact_prices(calls: BoolArray, *columns: FloatArray) -> FloatArray:
    """Price by Black-76 in many digits, and round once."""
    mp: Any = import_module("mpmath").mp
    prices = []
    with mp.workdps(_DIGITS):
        for call, *numbers in zip(calls, *columns, strict=True):
            forward, strike, years, volatility = (mp.mpf(float(number)) for number in numbers)
            sign, deviation = (1 if call else -1), volatility * mp.sqrt(years)
            d1 = mp.log(forward / strike) / deviation + deviation / 2
            price = forward * mp.ncdf(sign * d1) - strike * mp.ncdf(sign * (d1 - deviation))
            prices.append(float(sign * price))
    return np.array(prices)


def _ours(options: Options) -> FloatArray:
    return implied_volatilities(
        prices=options.prices,
        calls=options.calls,
        forward=options.forward,
        strikes=options.strikes,
        years=options.years,
        discount=1.0,
    ).values


def _peers(few: Options, many: Options) -> Iterator[tuple[str, Solver | None, Options, int]]:
    """Yield each peer by name, with the options that it is timed on and what is wanted of us."""
    yield "py_lets_be_rational, looped", _lets_be_rational(), few, 30
    yield "fast-vollib, jackel", _fast_vollib(), many, 1


def _lets_be_rational() -> Solver | None:
    try:
        module: Any = import_module("py_lets_be_rational.lets_be_rational")
    except ModuleNotFoundError:
        return None
    solve = module.implied_volatility_from_a_transformed_rational_guess

    def looped(options: Options) -> FloatArray:
        columns = (options.prices, options.forward, options.strikes, options.years)
        signs = np.where(options.calls, 1.0, -1.0)
        rows = zip(*(column.tolist() for column in (*columns, signs)), strict=True)
        return np.array([solve(*row) for row in rows])

    return looped


def _fast_vollib() -> Solver | None:
    try:
        import_module("numba").set_num_threads(1)
        module: Any = import_module("fast_vollib.jackel")
    except ModuleNotFoundError:
        return None

    def batched(options: Options) -> FloatArray:
        found: FloatArray = module.jackel_iv_black(
            options.prices, options.forward, options.strikes, options.years, options.calls
        )
        return found

    return batched


def _precision(name: str, solve: Solver, near: Options, far: Options) -> Iterator[Figure]:
    for options, where, wanted in ((near, "to 3", "1e-12"), (far, "3 to 6", "1e-11")):
        error = np.abs(solve(options) / options.volatility - 1.0).max()
        yield Figure(
            name=f"IV, largest relative error {where} deviations, {name}",
            value=float(error),
            unit="",
            wanted=f"{wanted} or less" if name == "deltastream" else "",
        )


def _chain(strikes: int, limit: float) -> Figure:
    """Solve the options out of the money of one expiry of an index."""
    forward, years, volatility = (np.full(strikes, number) for number in (21_500.0, 0.08, 0.2))
    ladder: FloatArray = 50.0 * (np.arange(strikes, dtype=np.float64) - strikes // 2) + forward
    calls = ladder > forward
    prices = _exact_prices(calls, forward, ladder, years, volatility)
    seconds = _seconds(
        lambda: implied_volatilities(
            prices=prices,
            calls=calls,
            forward=21_500.0,
            strikes=ladder,
            years=0.08,
            discount=1.0,
        ),
        repeats=500,
    )
    return Figure(
        name=f"IV, a chain of {strikes} strikes",
        value=seconds * 1e3,
        unit="ms",
        wanted=f"{limit} or less",
    )


def _rate(solve: Solver, options: Options) -> float:
    solve(options)  # compiled and cached before the clock runs
    return len(options.prices) / _seconds(lambda: solve(options), repeats=_REPEATS)


def _seconds(work: Callable[[], object], *, repeats: int) -> float:
    durations = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        durations.append(time.perf_counter() - begun)
    return median(durations)


def _absent(name: str) -> Figure:
    return Figure(name=f"IV, {name}: not installed", value=0.0, unit="of 1")


if __name__ == "__main__":
    print(table(implied_volatility()))
