"""Questions of analytics whose answers have an entry a strike."""

from typing import Final

from deltastream.edge.tables.columns import Column, Kind, Unit
from deltastream.edge.tables.contexts import (
    AS_OF,
    EXPIRY_COLUMN,
    PRODUCT_COLUMN,
    items,
    of,
    repeated,
)
from deltastream.edge.tables.fields import chosen, instant, number
from deltastream.edge.tables.methods import GET_BUILDUP, GET_GAMMA_EXPOSURE, GET_MAX_PAIN
from deltastream.edge.tables.parameters import EXPIRY, PRODUCT, WINDOW_MINUTES
from deltastream.edge.tables.readers import choice, figure
from deltastream.edge.tables.table import Chart, Picture, Table

_CONTEXT: Final = of("answer", PRODUCT_COLUMN, EXPIRY_COLUMN, AS_OF)
_STRIKE: Final = number("strike", "Strike", Unit.PRICE)

BUILDUP: Final = Table(
    name="oi-buildup",
    title="Open-interest build-up",
    description="What changed by strike since the previous close, or since some minutes ago.",
    method=GET_BUILDUP,
    parameters=(PRODUCT, EXPIRY, WINDOW_MINUTES),
    columns=(
        *_CONTEXT,
        *of(
            "answer",
            *repeated(chosen("baseline", "Since"), instant("baseline_at", "Since when")),
        ),
        *of(
            "one",
            _STRIKE,
            Column(name="call_buildup", title="Call", read=choice("call"), kind=Kind.TEXT),
            number("call_oi_change", "Call change in OI", Unit.QUANTITY),
            number("call_price_change", "Call price change", Unit.PRICE),
            Column(name="put_buildup", title="Put", read=choice("put"), kind=Kind.TEXT),
            number("put_oi_change", "Put change in OI", Unit.QUANTITY),
            number("put_price_change", "Put price change", Unit.PRICE),
        ),
    ),
    rows=items("strikes"),
    chart=Chart(
        picture=Picture.COLUMNS, category="strike", series=("call_oi_change", "put_oi_change")
    ),
)
MAX_PAIN: Final = Table(
    name="max-pain",
    title="Max pain",
    description="What holders of all options would receive if it settled at each strike.",
    method=GET_MAX_PAIN,
    parameters=(PRODUCT, EXPIRY),
    columns=(
        *_CONTEXT,
        *of(
            "one",
            _STRIKE,
            number("call_pain", "Calls", Unit.PAYOUT),
            number("put_pain", "Puts", Unit.PAYOUT),
            number("total_pain", "Both", Unit.PAYOUT),
        ),
    ),
    rows=items("curve"),
    chart=Chart(picture=Picture.LINE, category="strike", series=("total_pain",)),
)
GAMMA_EXPOSURE: Final = Table(
    name="gamma-exposure",
    title="Gamma exposure",
    description="The dealers' gamma by strike, taking them to be long the calls, short the puts.",
    method=GET_GAMMA_EXPOSURE,
    parameters=(PRODUCT, EXPIRY),
    columns=(
        *_CONTEXT,
        *of(
            "one",
            _STRIKE,
            number("call_gamma", "Calls", Unit.EXPOSURE),
            number("put_gamma", "Puts", Unit.EXPOSURE),
            number("net_gamma", "Net", Unit.EXPOSURE),
        ),
    ),
    rows=items("strikes"),
    chart=Chart(picture=Picture.COLUMNS, category="strike", series=("call_gamma", "put_gamma")),
)
GAMMA_PROFILE: Final = Table(
    name="gamma-profile",
    title="Gamma profile",
    description="The dealers' net gamma over prices of the underlying; it is 0 at the flip.",
    method=GET_GAMMA_EXPOSURE,
    parameters=(PRODUCT, EXPIRY),
    columns=(
        *_CONTEXT,
        *of(
            "one",
            Column(name="price", title="Price", read=figure("spot_price"), unit=Unit.PRICE),
            number("net_gamma", "Net", Unit.EXPOSURE),
        ),
    ),
    rows=items("profile"),
    chart=Chart(picture=Picture.LINE, category="price", series=("net_gamma",)),
)
