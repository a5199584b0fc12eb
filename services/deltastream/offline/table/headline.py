"""The first lines of a chain: which one it is, and what it was priced by."""

from typing import Final
from zoneinfo import ZoneInfo

from rich.text import Text

from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import ChainMetrics
from deltastream.domain.instruments import Product
from deltastream.offline.table.numbers import ABSENT, percent, price
from deltastream.offline.table.words import FORWARD_BASES, PRICE_BASES

_DAYS_PER_YEAR: Final = 365
_BETWEEN: Final = "  |  "


def headline(enriched: EnrichedChain, product: Product) -> Text:
    """Return two lines, times in the zone of the exchange."""
    chain = enriched.chain
    taken = chain.timestamp.astimezone(ZoneInfo(product.time_zone))
    title = _BETWEEN.join(
        (product.symbol, f"expiry {chain.expiry:%Y-%m-%d (%a)}", f"{taken:%Y-%m-%d %H:%M:%S %Z}")
    )
    terms = _BETWEEN.join(_terms(chain.spot_price, enriched.metrics))
    return Text.assemble((title, "bold"), "\n", terms)


def _terms(spot: float | None, metrics: ChainMetrics) -> list[str]:
    years, convention = metrics.years_to_expiry, metrics.convention
    days = ABSENT if years is None else f"{years * _DAYS_PER_YEAR:,.2f}"
    return [
        f"spot {price(spot)}",
        f"forward {price(metrics.forward)} ({FORWARD_BASES[metrics.forward_basis]})",
        f"{days} days to expiry",
        f"rate {percent(metrics.rate)} %",
        f"convention {ABSENT if convention is None else convention.name.lower()}",
        f"IV from {PRICE_BASES[metrics.price_basis]}",
    ]
