"""Messages of the size that real ones have."""

from datetime import timedelta
from typing import Final

from benchmarks.kernels.chain import TERMS, quoted_chain

from deltastream.domain.chain_analysis import analyse
from deltastream.domain.events import EnrichedChain
from deltastream.market.v1 import chain_pb2
from deltastream.market.v1.product_pb2 import Product
from deltastream.market.v1.tick_pb2 import UnderlyingTick
from deltastream.runtime.codec.chains import encode_enriched

PRODUCTS: Final = ("AAPL", "BANKNIFTY", "FINNIFTY", "NIFTY", "QQQ", "SENSEX", "SPY", "TSLA")
STRIKES: Final = 21


def sample_chain(product: str = "NIFTY") -> chain_pb2.EnrichedChain:
    """Return an enriched chain of 21 strikes, every figure of every leg in it."""
    raw = quoted_chain(STRIKES)
    analysis = analyse(raw, TERMS)
    chain = encode_enriched(
        EnrichedChain(
            chain=raw,
            call_figures=analysis.call_figures,
            put_figures=analysis.put_figures,
            metrics=analysis.metrics,
            processed_at=raw.timestamp + timedelta(milliseconds=5),
        )
    )
    chain.product = product
    chain.sequence = 1
    chain.published_at.CopyFrom(chain.processed_at)
    return chain


def sample_tick(product: str = "NIFTY") -> UnderlyingTick:
    """Return a tick."""
    tick = UnderlyingTick(product=product, price=24_530.35, sequence=1)
    tick.timestamp.GetCurrentTime()
    return tick


def sample_product(symbol: str) -> Product:
    """Return what is known of a product."""
    return Product(
        symbol=symbol,
        name=f"{symbol} index",
        currency="INR",
        lot_size=75.0,
        tick_size=0.05,
        strike_step=50.0,
    )
