"""The screens of the dashboard, as their visitors find them."""

from dataclasses import dataclass
from typing import Final

import pytest

_CHART: Final = "ds-figure .chart canvas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen.

    Attributes:
        name: in the address, and of its pictures.
        element: its custom element.
        drawn: what is there once it shows figures, below its element.
        has_product: whether it is of one product.
        has_expiry: whether it is of one expiry.
        has_figures: whether it draws charts.
        is_pictured: whether it is one of the main screens, of which docs/pictures has pictures.
    """

    name: str
    element: str
    drawn: str = _CHART
    has_product: bool = True
    has_expiry: bool = True
    has_figures: bool = True
    is_pictured: bool = False

    def place(self, product: str = "", expiry: str = "", **options: str) -> str:
        """Return the fragment of an address that leads to it."""
        segments = [self.name, *filter(None, (product, expiry))]
        query = "&".join(f"{name}={text}" for name, text in options.items())
        return f"#/{'/'.join(segments)}" + (f"?{query}" if query else "")

    @property
    def figures(self) -> str:
        """Selects what is there once it shows figures."""
        return f"{self.element} {self.drawn}"


CHAIN: Final = Screen(
    name="chain",
    element="ds-option-chain",
    drawn="[role=grid][aria-busy=false] [role=row].atm",
    has_figures=False,
    is_pictured=True,
)
SURFACE: Final = Screen(name="surface", element="ds-surface", has_expiry=False, is_pictured=True)
SCREENS: Final = (
    CHAIN,
    Screen(name="open-interest", element="ds-open-interest", is_pictured=True),
    Screen(name="max-pain", element="ds-max-pain"),
    Screen(name="smile", element="ds-smile", is_pictured=True),
    SURFACE,
    Screen(name="gamma-exposure", element="ds-gamma-exposure", is_pictured=True),
    Screen(name="straddle", element="ds-straddle"),
    Screen(name="history", element="ds-history", is_pictured=True),
    Screen(name="candles", element="ds-candles", has_expiry=False),
    Screen(
        name="system",
        element="ds-system",
        drawn="table",
        has_product=False,
        has_expiry=False,
        has_figures=False,
    ),
)

every_screen = pytest.mark.parametrize(
    "screen", [pytest.param(screen, id=screen.name) for screen in SCREENS]
)
every_chart = pytest.mark.parametrize(
    "screen", [pytest.param(screen, id=screen.name) for screen in SCREENS if screen.has_figures]
)
every_expiry_screen = pytest.mark.parametrize(
    "screen", [pytest.param(screen, id=screen.name) for screen in SCREENS if screen.has_expiry]
)
