"""Figures of an expiry over time, oldest first."""

from typing import Any, Final

from deltastream.edge.tables.columns import Unit
from deltastream.edge.tables.contexts import (
    EXPIRY_COLUMN,
    MISSING,
    PRODUCT_COLUMN,
    items,
    of,
    times,
)
from deltastream.edge.tables.fields import chosen, number
from deltastream.edge.tables.methods import GET_MAX_PAIN, GET_PUT_CALL_RATIO, GET_STRADDLE
from deltastream.edge.tables.parameters import END, EXPIRY, INTERVAL, LIMIT, PRODUCT, START
from deltastream.edge.tables.table import Chart, Picture, Table

_PARAMETERS: Final = (PRODUCT, EXPIRY, START, END, LIMIT, INTERVAL)
_SPOT: Final = number("spot_price", "Spot", Unit.PRICE)


def with_history(request: Any) -> None:
    """Ask for the series."""
    request.history = True


PUT_CALL_RATIO: Final = Table(
    name="pcr-history",
    title="Put-call ratio",
    description="The put-call ratio over time, by open interest and by volume.",
    method=GET_PUT_CALL_RATIO,
    parameters=_PARAMETERS,
    columns=(
        *of("answer", PRODUCT_COLUMN),
        *of(
            "one",
            EXPIRY_COLUMN,
            *times(),
            number("pcr_oi", "PCR by OI", Unit.RATIO),
            number("pcr_volume", "PCR by volume", Unit.RATIO),
            number("total_call_oi", "Call OI", Unit.QUANTITY),
            number("total_put_oi", "Put OI", Unit.QUANTITY),
            number("total_call_volume", "Call volume", Unit.QUANTITY),
            number("total_put_volume", "Put volume", Unit.QUANTITY),
            MISSING,
        ),
    ),
    rows=items("history"),
    complete=with_history,
    chart=Chart(picture=Picture.LINE, category="timestamp", series=("pcr_oi", "pcr_volume")),
)
MAX_PAIN_HISTORY: Final = Table(
    name="max-pain-history",
    title="Max pain over time",
    description="The strike of least payout over time, beside the price of the underlying.",
    method=GET_MAX_PAIN,
    parameters=_PARAMETERS,
    columns=(
        *of("answer", PRODUCT_COLUMN, EXPIRY_COLUMN),
        *of(
            "one",
            *times(),
            number("max_pain_strike", "Max pain", Unit.PRICE),
            _SPOT,
            MISSING,
        ),
    ),
    rows=items("history"),
    complete=with_history,
    chart=Chart(
        picture=Picture.LINE, category="timestamp", series=("max_pain_strike", "spot_price")
    ),
)
STRADDLE: Final = Table(
    name="straddle-history",
    title="Straddle and expected move",
    description="The at-the-money straddle over time, and the move that it implies.",
    method=GET_STRADDLE,
    parameters=_PARAMETERS,
    columns=(
        *of("answer", PRODUCT_COLUMN, EXPIRY_COLUMN),
        *of(
            "one",
            *times(),
            number("atm_strike", "Strike", Unit.PRICE),
            number("call_price", "Call", Unit.PRICE),
            number("put_price", "Put", Unit.PRICE),
            number("straddle_price", "Straddle", Unit.PRICE),
            chosen("price_basis", "Made of"),
            number("atm_iv", "IV", Unit.FRACTION),
            number("expected_move", "Expected move", Unit.PRICE),
            number("expected_move_straddle", "0.85 straddles", Unit.PRICE),
            _SPOT,
            MISSING,
        ),
    ),
    rows=items("history"),
    complete=with_history,
    chart=Chart(
        picture=Picture.LINE, category="timestamp", series=("straddle_price", "expected_move")
    ),
)
