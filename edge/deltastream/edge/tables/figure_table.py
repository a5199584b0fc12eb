"""What the newest chain of an expiry means, a figure a row."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from deltastream.edge.tables.chain_tables import newest
from deltastream.edge.tables.columns import Cell, Column, Kind, Unit
from deltastream.edge.tables.contexts import AS_OF, EXPIRY_COLUMN, PRODUCT_COLUMN, of
from deltastream.edge.tables.methods import LIST_CHAINS
from deltastream.edge.tables.parameters import EXPIRY, PRODUCT
from deltastream.edge.tables.readers import attribute, figure, reason_name
from deltastream.edge.tables.table import Question, Role, Table
from deltastream.storage.v1.storage_service_pb2 import CHAIN_VIEW_SUMMARY


class Figure(NamedTuple):
    """A figure of a chain: the field, and what people call it."""

    name: str
    label: str
    unit: Unit


class FigureRow(NamedTuple):
    """A figure with its value, or the reason why it has none."""

    chain: Any
    figure: str
    label: str
    value: Cell
    unit: str | None
    missing: str | None


FIGURES: Final = (
    Figure("spot_price", "Spot", Unit.PRICE),
    Figure("forward", "Forward", Unit.PRICE),
    Figure("atm_strike", "ATM strike", Unit.PRICE),
    Figure("atm_straddle_price", "ATM straddle", Unit.PRICE),
    Figure("atm_iv", "ATM IV", Unit.FRACTION),
    Figure("expected_move", "Expected move", Unit.PRICE),
    Figure("expected_move_straddle", "0.85 straddles", Unit.PRICE),
    Figure("pcr_oi", "PCR by OI", Unit.RATIO),
    Figure("pcr_volume", "PCR by volume", Unit.RATIO),
    Figure("max_pain_strike", "Max pain", Unit.PRICE),
    Figure("support", "Support", Unit.PRICE),
    Figure("resistance", "Resistance", Unit.PRICE),
    Figure("total_call_oi", "Call OI", Unit.QUANTITY),
    Figure("total_put_oi", "Put OI", Unit.QUANTITY),
    Figure("total_call_volume", "Call volume", Unit.QUANTITY),
    Figure("total_put_volume", "Put volume", Unit.QUANTITY),
    Figure("risk_reversal_25d", "25-delta risk reversal", Unit.FRACTION),
    Figure("butterfly_25d", "25-delta butterfly", Unit.FRACTION),
    Figure("net_gamma_exposure", "Net gamma exposure", Unit.EXPOSURE),
    Figure("call_wall", "Call wall", Unit.PRICE),
    Figure("put_wall", "Put wall", Unit.PRICE),
    Figure("zero_gamma", "Gamma flip", Unit.PRICE),
    Figure("years_to_expiry", "Years to expiry", Unit.YEARS),
)
"""In the order in which they are shown."""


def figure_rows(_: Question, answer: Any) -> Iterable[FigureRow]:
    """Yield the figures of the newest chain of a page."""
    for chain in answer.chains[:1]:
        missing = {each.field: reason_name(each) for each in chain.missing}
        for each in FIGURES:
            yield FigureRow(
                chain=chain,
                figure=each.name,
                label=each.label,
                value=figure(each.name)(chain),
                unit=each.unit.value,
                missing=missing.get(each.name),
            )


def newest_summary(request: Any) -> None:
    """Ask for one chain, without its legs."""
    newest(request)
    request.view = CHAIN_VIEW_SUMMARY


FIGURE_TABLE: Final = Table(
    name="figures",
    title="Key figures",
    description="What the newest chain of an expiry means; for what is absent, the reason.",
    method=LIST_CHAINS,
    parameters=(PRODUCT, EXPIRY),
    columns=(
        *of("chain", PRODUCT_COLUMN, EXPIRY_COLUMN, AS_OF),
        Column(name="figure", title="Field", read=attribute("figure"), kind=Kind.TEXT),
        Column(name="label", title="Figure", read=attribute("label"), kind=Kind.TEXT),
        Column(name="value", title="Value", read=attribute("value")),
        Column(name="unit", title="Unit", read=attribute("unit"), kind=Kind.TEXT),
        Column(name="missing", title="Why absent", read=attribute("missing"), kind=Kind.TEXT),
    ),
    rows=figure_rows,
    complete=newest_summary,
    resolves=True,
    role=Role.METRICS,
)
