"""What there is to ask about, and the same to choose from."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from deltastream.edge.tables.columns import Column, Kind, Unit
from deltastream.edge.tables.contexts import PRODUCT_COLUMN, Item, of
from deltastream.edge.tables.fields import chosen, number, words
from deltastream.edge.tables.methods import LIST_EXPIRIES, LIST_PRODUCTS
from deltastream.edge.tables.parameters import NEAREST, PRODUCT
from deltastream.edge.tables.readers import attribute
from deltastream.edge.tables.table import Question, Role, Table


class Option(NamedTuple):
    """Something to choose."""

    label: str
    value: str


def products(_: Question, answer: Any) -> Iterable[Item]:
    """Yield each product with its description, which it may lack."""
    details = {each.symbol: each for each in answer.details}
    return [Item(symbol, details.get(symbol)) for symbol in answer.products]


def product_options(_: Question, answer: Any) -> Iterable[Option]:
    """Return each product as an option."""
    return [Option(symbol, symbol) for symbol in answer.products]


def expiries(_: Question, answer: Any) -> Iterable[Item]:
    """Return each expiry."""
    return [Item(answer, day) for day in answer.expiries]


def expiry_options(_: Question, answer: Any) -> Iterable[Option]:
    """Return each expiry as an option, and before them the one that is always the nearest."""
    days = [Option(day, day) for day in answer.expiries]
    return [Option(NEAREST.capitalize(), NEAREST), *days]


_OPTION: Final = (
    Column(name="label", title="Label", read=attribute("label"), kind=Kind.TEXT),
    Column(name="value", title="Value", read=attribute("value"), kind=Kind.TEXT),
)

PRODUCTS: Final = Table(
    name="products",
    title="Products",
    description="The products that have data.",
    method=LIST_PRODUCTS,
    parameters=(),
    columns=(
        Column(name="product", title="Product", read=attribute("answer"), kind=Kind.TEXT),
        *of(
            "one",
            words("name", "Name"),
            words("exchange", "Exchange"),
            words("currency", "Currency"),
            words("time_zone", "Time zone"),
            chosen("quantity_unit", "Quantities count"),
            number("lot_size", "Lot", Unit.UNDERLYINGS),
            number("tick_size", "Tick", Unit.PRICE),
            number("strike_step", "Strike step", Unit.PRICE),
        ),
    ),
    rows=products,
)
EXPIRIES: Final = Table(
    name="expiries",
    title="Expiries",
    description="The expiries of a product that have chains, ascending.",
    method=LIST_EXPIRIES,
    parameters=(PRODUCT,),
    columns=(
        *of("answer", PRODUCT_COLUMN),
        Column(name="expiry", title="Expiry", read=attribute("one"), kind=Kind.DAY),
    ),
    rows=expiries,
)
PRODUCT_OPTIONS: Final = Table(
    name="product-options",
    title="Products to choose from",
    description="The products as labels and values.",
    method=LIST_PRODUCTS,
    parameters=(),
    columns=_OPTION,
    rows=product_options,
    role=Role.OPTIONS,
)
EXPIRY_OPTIONS: Final = Table(
    name="expiry-options",
    title="Expiries to choose from",
    description=f"The expiries of a product as labels and values, `{NEAREST}` before them.",
    method=LIST_EXPIRIES,
    parameters=(PRODUCT,),
    columns=_OPTION,
    rows=expiry_options,
    role=Role.OPTIONS,
)
