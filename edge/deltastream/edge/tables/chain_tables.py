"""The newest chain of an expiry, a row a strike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from deltastream.edge.tables.columns import Column, Unit
from deltastream.edge.tables.contexts import AS_OF, EXPIRY_COLUMN, PRODUCT_COLUMN, of
from deltastream.edge.tables.fields import chosen, number
from deltastream.edge.tables.methods import LIST_CHAINS
from deltastream.edge.tables.parameters import EXPIRY, PRODUCT
from deltastream.edge.tables.readers import attribute
from deltastream.edge.tables.table import Chart, Picture, Question, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRow:
    """One strike of a chain; a leg is None where it is not listed."""

    chain: Any
    strike: float
    call: Any = None
    put: Any = None


def strike_rows(_: Question, answer: Any) -> Iterable[StrikeRow]:
    """Return the strikes of the newest chain of a page, ascending."""
    for chain in answer.chains[:1]:
        calls = {leg.strike: leg for leg in chain.calls}
        puts = {leg.strike: leg for leg in chain.puts}
        for strike in sorted(calls.keys() | puts.keys()):
            yield StrikeRow(
                chain=chain, strike=strike, call=calls.get(strike), put=puts.get(strike)
            )


def newest(request: Any) -> None:
    """Ask for one chain."""
    request.page_size = 1


_OPEN_INTEREST: Final = (
    number("open_interest", "OI", Unit.QUANTITY),
    number("change_in_open_interest", "Change in OI", Unit.QUANTITY),
    chosen("buildup", "Build-up"),
)
_QUOTE: Final = (
    number("volume", "Volume", Unit.QUANTITY),
    number("bid_size", "Bid size", Unit.QUANTITY),
    number("bid", "Bid", Unit.PRICE),
    number("ask", "Ask", Unit.PRICE),
    number("ask_size", "Ask size", Unit.QUANTITY),
    number("last", "Last", Unit.PRICE),
    number("price_change", "Change", Unit.PRICE),
)
_GREEKS: Final = (
    number("iv", "IV", Unit.FRACTION),
    chosen("iv_missing", "Why no IV"),
    number("delta", "Delta", Unit.DELTA),
    number("gamma", "Gamma", Unit.GAMMA),
    number("theta", "Theta", Unit.PER_DAY),
    number("vega", "Vega", Unit.PER_POINT),
    number("rho", "Rho", Unit.PER_RATE),
)
_LEG: Final = (*_OPEN_INTEREST, *_QUOTE, *_GREEKS)
_CONTEXT: Final = of("chain", PRODUCT_COLUMN, EXPIRY_COLUMN, AS_OF)
_STRIKE: Final = Column(name="strike", title="Strike", read=attribute("strike"), unit=Unit.PRICE)


def _side(side: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return columns of a leg as those of a side: `call_bid`."""
    named = (
        Column(
            name=f"{side}_{each.name}",
            title=f"{side.capitalize()} {each.title}",
            read=each.read,
            kind=each.kind,
            unit=each.unit,
        )
        for each in columns
    )
    return of(side, *named)


CHAIN: Final = Table(
    name="chain",
    title="Option chain",
    description="The newest chain of an expiry, a row a strike: quotes, open interest and Greeks.",
    method=LIST_CHAINS,
    parameters=(PRODUCT, EXPIRY),
    columns=(*_CONTEXT, _STRIKE, *_side("call", _LEG), *_side("put", _LEG)),
    rows=strike_rows,
    complete=newest,
    resolves=True,
)
OPEN_INTEREST: Final = Table(
    name="open-interest",
    title="Open interest",
    description="Open interest by strike, its change since the previous close, and the build-up.",
    method=LIST_CHAINS,
    parameters=(PRODUCT, EXPIRY),
    columns=(
        *_CONTEXT,
        _STRIKE,
        *_side("call", _OPEN_INTEREST),
        *_side("put", _OPEN_INTEREST),
    ),
    rows=strike_rows,
    complete=newest,
    resolves=True,
    chart=Chart(
        picture=Picture.COLUMNS,
        category="strike",
        series=("call_open_interest", "put_open_interest"),
    ),
)
