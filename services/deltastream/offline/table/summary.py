"""The figures of a chain as a whole: positions, volatility, the dealers' gamma."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rich.columns import Columns
from rich.table import Table

from deltastream.domain.events import EnrichedChain
from deltastream.domain.figures import ChainMetrics
from deltastream.domain.instruments import Product
from deltastream.offline.table.numbers import ABSENT, exact, percent, price, ratio
from deltastream.offline.table.words import LABELS

Writer = Callable[[ChainMetrics], str]


def _written(name: str, write: Callable[[float | None], str]) -> Writer:
    return lambda metrics: write(getattr(metrics, name))


def _max_pain(metrics: ChainMetrics) -> str:
    """Write the strike, and how many share the least pain."""
    ties = len(metrics.max_pain_ties)
    lowest = exact(metrics.max_pain_strike)
    return f"{lowest} ({ties} ties)" if ties > 1 else lowest


def _either_way(name: str) -> Writer:
    return lambda metrics: _signed(price(getattr(metrics, name)))


def _signed(text: str) -> str:
    return text if text == ABSENT else f"+/- {text}"


def _in_percent(name: str) -> Writer:
    """Write in percent, which for a difference of volatilities is in volatility points."""

    def write(metrics: ChainMetrics) -> str:
        text = percent(getattr(metrics, name))
        return text if text == ABSENT else f"{text} %"

    return write


_BLOCKS: Final[Sequence[Mapping[str, Writer]]] = (
    {
        "pcr_oi": _written("pcr_oi", ratio),
        "pcr_volume": _written("pcr_volume", ratio),
        "total_call_oi": _written("total_call_oi", exact),
        "total_put_oi": _written("total_put_oi", exact),
        "max_pain_strike": _max_pain,
        "resistance": _written("resistance", exact),
        "support": _written("support", exact),
    },
    {
        "atm_strike": _written("atm_strike", exact),
        "atm_straddle_price": _written("atm_straddle_price", price),
        "expected_move": _either_way("expected_move"),
        "expected_move_straddle": _either_way("expected_move_straddle"),
        "atm_iv": _in_percent("atm_iv"),
        "risk_reversal_25d": _in_percent("risk_reversal_25d"),
        "butterfly_25d": _in_percent("butterfly_25d"),
    },
    {
        "call_wall": _written("call_wall", exact),
        "put_wall": _written("put_wall", exact),
        "zero_gamma": _written("zero_gamma", price),
        "contract_size": _written("contract_size", exact),
    },
)


def summary(enriched: EnrichedChain, product: Product) -> Columns:
    """Return three blocks of figures, side by side as far as there is room."""
    metrics = enriched.metrics
    positions, volatility, gamma = (
        [(LABELS[name], write(metrics)) for name, write in block.items()] for block in _BLOCKS
    )
    exposure = (LABELS["net_gamma_exposure"], _exposure(metrics, product))
    blocks = (positions, volatility, [exposure, *gamma])
    return Columns([_block(block) for block in blocks], padding=(0, 4))


def _exposure(metrics: ChainMetrics, product: Product) -> str:
    net = metrics.net_gamma_exposure
    return ABSENT if net is None else f"{product.currency} {net:,.0f}"


def _block(figures: Sequence[tuple[str, str]]) -> Table:
    block = Table.grid(padding=(0, 2))
    block.add_column(style="dim", no_wrap=True)
    block.add_column(justify="right", no_wrap=True)
    for label, text in figures:
        block.add_row(label, text)
    return block
