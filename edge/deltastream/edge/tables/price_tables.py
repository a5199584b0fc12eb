"""Prices of the underlying, oldest first."""

from collections.abc import Iterable
from typing import Any, Final

from deltastream.edge.tables.columns import Unit
from deltastream.edge.tables.contexts import PRODUCT_COLUMN, times
from deltastream.edge.tables.fields import chosen, count, flag, number
from deltastream.edge.tables.methods import GET_OHLC, LIST_TICKS
from deltastream.edge.tables.parameters import END, LIMIT, PRODUCT, START, WINDOW
from deltastream.edge.tables.table import Chart, Picture, Question, Table


def oldest_first(_: Question, answer: Any) -> Iterable[Any]:
    """Return the ticks of a page, which begins with the newest."""
    ticks: Iterable[Any] = reversed(answer.ticks)
    return ticks


def candles(_: Question, answer: Any) -> Iterable[Any]:
    """Return the candles."""
    found: Iterable[Any] = answer.candles
    return found


PRICES: Final = Table(
    name="prices",
    title="Underlying prices",
    description="Prices of the underlying.",
    method=LIST_TICKS,
    parameters=(PRODUCT, START, END, LIMIT),
    columns=(
        PRODUCT_COLUMN,
        *times(),
        number("price", "Price", Unit.PRICE),
        number("volume", "Volume", Unit.QUANTITY),
    ),
    rows=oldest_first,
    chart=Chart(picture=Picture.LINE, category="timestamp", series=("price",)),
)
CANDLES: Final = Table(
    name="candles",
    title="Candles",
    description="Open, high, low and close of the underlying; a row begins at its time.",
    method=GET_OHLC,
    parameters=(PRODUCT, WINDOW, START, END, LIMIT),
    columns=(
        PRODUCT_COLUMN,
        *times("start"),
        number("open", "Open", Unit.PRICE),
        number("high", "High", Unit.PRICE),
        number("low", "Low", Unit.PRICE),
        number("close", "Close", Unit.PRICE),
        number("volume", "Volume", Unit.QUANTITY),
        count("tick_count", "Ticks"),
        chosen("state", "State"),
        flag("imputed", "No trade"),
    ),
    rows=candles,
    chart=Chart(picture=Picture.LINE, category="timestamp", series=("high", "low", "close")),
)
