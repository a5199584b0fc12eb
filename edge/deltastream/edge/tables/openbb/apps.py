"""An app of OpenBB Workspace that shows the widgets on tabs, in the words of its apps.json."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from deltastream.edge.tables.chain_tables import CHAIN, OPEN_INTEREST
from deltastream.edge.tables.figure_table import FIGURE_TABLE
from deltastream.edge.tables.history_tables import MAX_PAIN_HISTORY, PUT_CALL_RATIO, STRADDLE
from deltastream.edge.tables.openbb.widgets import widget_id
from deltastream.edge.tables.parameters import EXPIRY, NEAREST, PRODUCT, names_of
from deltastream.edge.tables.price_tables import CANDLES, PRICES
from deltastream.edge.tables.strike_tables import BUILDUP, GAMMA_EXPOSURE, GAMMA_PROFILE, MAX_PAIN
from deltastream.edge.tables.table import Table
from deltastream.edge.tables.volatility_tables import SMILE, SURFACE, TERM_STRUCTURE

_WIDTH: Final = 40
_HEIGHT: Final = 14
_FIGURES_HEIGHT: Final = 8
# A workspace links widgets by groups of exactly these names.
_GROUPS: Final = {PRODUCT.name: "Group 1", EXPIRY.name: "Group 2"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its name, and rows of tables that share the width."""

    name: str
    rows: tuple[tuple[Table, ...], ...]


TABS: Final = (
    Tab("Chain", ((FIGURE_TABLE,), (CHAIN,))),
    Tab("Open interest", ((OPEN_INTEREST, BUILDUP), (MAX_PAIN, PUT_CALL_RATIO))),
    Tab("Volatility", ((SMILE, TERM_STRUCTURE), (SURFACE, STRADDLE))),
    Tab("Gamma", ((GAMMA_EXPOSURE, GAMMA_PROFILE),)),
    Tab("Prices", ((CANDLES, PRICES), (MAX_PAIN_HISTORY,))),
)


def apps_of(tabs: Iterable[Tab], *, product: str | None) -> list[dict[str, Any]]:
    """Return apps.json: one app, on whose widgets product and expiry are chosen for all at once.

    Args:
        tabs: what it shows.
        product: what it shows until another is chosen; None leaves that open.
    """
    shown = tuple(tabs)
    return [
        {
            "name": "DeltaStream",
            "description": "Option chains and what they mean: open interest, volatility, gamma.",
            "img": "",
            "img_dark": "",
            "img_light": "",
            "allowCustomization": True,
            "tabs": {_key(tab): _tab(tab) for tab in shown},
            "groups": [
                _group(PRODUCT.name, product, shown),
                _group(EXPIRY.name, NEAREST, shown),
            ],
            "prompts": [],
        }
    ]


def _key(tab: Tab) -> str:
    return tab.name.casefold().replace(" ", "-")


def _tab(tab: Tab) -> dict[str, Any]:
    return {"id": _key(tab), "name": tab.name, "layout": list(_layout(tab))}


def _layout(tab: Tab) -> Iterator[dict[str, Any]]:
    top = 0
    for row in tab.rows:
        width = _WIDTH // len(row)
        height = _FIGURES_HEIGHT if row == (FIGURE_TABLE,) else _HEIGHT
        for number, table in enumerate(row):
            yield {
                "i": widget_id(table),
                "x": number * width,
                "y": top,
                "w": width,
                "h": height,
                "groups": [_GROUPS[name] for name in _linked(table)],
            }
        top += height


def _linked(table: Table) -> list[str]:
    return [name for name in _GROUPS if name in names_of(table.parameters)]


def _group(name: str, value: str | None, tabs: tuple[Tab, ...]) -> dict[str, Any]:
    every = (table for tab in tabs for row in tab.rows for table in row)
    group: dict[str, Any] = {
        "name": _GROUPS[name],
        "type": "endpointParam",
        "paramName": name,
        "widgetIds": [widget_id(table) for table in every if name in _linked(table)],
    }
    return group if value is None else group | {"defaultValue": value}
