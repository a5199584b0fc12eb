"""The volatility surface: a smile, the term structure, a grid."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import grpc

from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.edge.tables.columns import Column, Unit
from deltastream.edge.tables.contexts import (
    AS_OF,
    MISSING,
    PRODUCT_COLUMN,
    items,
    of,
    repeated,
)
from deltastream.edge.tables.fields import chosen, day, flag, number
from deltastream.edge.tables.methods import GET_VOLATILITY_SURFACE
from deltastream.edge.tables.parameters import ALL, LOG_MONEYNESS, MAX_EXPIRIES, PRODUCT, SLICE
from deltastream.edge.tables.readers import attribute
from deltastream.edge.tables.table import Chart, Picture, Question, Table
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

USUAL_GRID: Final = tuple(step / 40 for step in range(-12, 13))
"""Values of ln(strike / forward) for who names none."""


class SmilePoint(NamedTuple):
    """One strike of one expiry."""

    answer: Any
    smile: Any
    strike: float
    iv: float
    fitted_iv: float | None


class GridPoint(NamedTuple):
    """One value of the surface."""

    answer: Any
    row: Any
    log_moneyness: float
    iv: float


def smile_points(question: Question, answer: Any) -> Iterable[SmilePoint]:
    """Yield the points of the smiles that were asked for.

    Raises:
        StatusError: the product has no such expiry.
    """
    for smile in _chosen(question, answer):
        # It has none at all where it was not fitted.
        fitted: Sequence[float | None] = smile.fitted_ivs or [None] * len(smile.strikes)
        for strike, iv, fit in zip(smile.strikes, smile.ivs, fitted, strict=True):
            yield SmilePoint(answer, smile, strike, iv, fit)


def _chosen(question: Question, answer: Any) -> Sequence[Any]:
    smiles: Sequence[Any] = answer.expiries
    if not question.expiry:
        return smiles[:1]
    chosen = [each for each in smiles if question.expiry in {each.expiry, ALL}]
    if not chosen and question.expiry != ALL:
        raise StatusError(_not_found(answer.product, question.expiry))
    return chosen


def _not_found(product: str, expiry: str) -> Any:
    return status_of(
        grpc.StatusCode.NOT_FOUND,
        ErrorReason.ERROR_REASON_EXPIRY_NOT_FOUND,
        f"{product} has no chain of {expiry} that has not expired",
        metadata={"product": product, "expiry": expiry},
    )


def grid_points(question: Question, answer: Any) -> Iterable[GridPoint]:
    """Yield the values of the grid."""
    for row in answer.grid:
        for log_moneyness, iv in zip(question.message.log_moneyness, row.ivs, strict=True):
            yield GridPoint(answer, row, log_moneyness, iv)


def on_a_grid(request: Any) -> None:
    """Ask for the usual grid where no other was named."""
    if not request.log_moneyness:
        request.log_moneyness.extend(USUAL_GRID)


_YEARS: Final = number("years_to_expiry", "Years", Unit.YEARS)
_FORWARD: Final = number("forward", "Forward", Unit.PRICE)
_IV: Final = Column(name="iv", title="IV", read=attribute("iv"), unit=Unit.FRACTION)

SMILE: Final = Table(
    name="smile",
    title="Volatility smile",
    description="Implied volatility by strike, quoted and fitted; of one expiry, or of all.",
    method=GET_VOLATILITY_SURFACE,
    parameters=(PRODUCT, SLICE),
    columns=(
        *of("answer", PRODUCT_COLUMN),
        *of("smile", day("expiry", "Expiry"), AS_OF, *repeated(_FORWARD)),
        Column(name="strike", title="Strike", read=attribute("strike"), unit=Unit.PRICE),
        _IV,
        Column(name="fitted_iv", title="Fitted", read=attribute("fitted_iv"), unit=Unit.FRACTION),
    ),
    rows=smile_points,
    chart=Chart(picture=Picture.LINE, category="strike", series=("iv", "fitted_iv")),
)
TERM_STRUCTURE: Final = Table(
    name="term-structure",
    title="Term structure",
    description="Each expiry: its forward, its volatility at the money, and how it was fitted.",
    method=GET_VOLATILITY_SURFACE,
    parameters=(PRODUCT, MAX_EXPIRIES),
    columns=(
        *of("answer", PRODUCT_COLUMN),
        *of(
            "one",
            day("expiry", "Expiry"),
            AS_OF,
            _YEARS,
            _FORWARD,
            number("atm_iv", "ATM IV", Unit.FRACTION),
            chosen("method", "Fitted by"),
            number("fit_error", "Fit error", Unit.FRACTION),
            flag("butterfly_arbitrage", "Butterfly arbitrage"),
            flag("calendar_arbitrage", "Calendar arbitrage"),
            MISSING,
        ),
    ),
    rows=items("expiries"),
    chart=Chart(picture=Picture.LINE, category="expiry", series=("atm_iv",)),
)
SURFACE: Final = Table(
    name="surface",
    title="Volatility surface",
    description="The fitted surface on a grid, a row a point.",
    method=GET_VOLATILITY_SURFACE,
    parameters=(PRODUCT, MAX_EXPIRIES, LOG_MONEYNESS),
    columns=(
        *of("answer", PRODUCT_COLUMN, AS_OF),
        *of(
            "row",
            day("expiry", "Expiry"),
            _YEARS,
        ),
        Column(
            name="log_moneyness",
            title="Log-moneyness",
            read=attribute("log_moneyness"),
            unit=Unit.LOGARITHM,
        ),
        _IV,
    ),
    rows=grid_points,
    complete=on_a_grid,
)
