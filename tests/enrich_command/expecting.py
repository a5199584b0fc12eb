"""What the command must say, by way of the domain."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.enrich_command.invoking import NOW

from deltastream.adapters.source.snapshots.recording import load_recording
from deltastream.adapters.source.snapshots.snapshot import SnapshotHints
from deltastream.domain.chain_analysis import analyse
from deltastream.domain.figures import PricingConvention
from deltastream.domain.pricing_policy import PricingPolicy
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.chains import encode_chain, encode_enriched_from

BANKNIFTY = "nse_banknifty_2021-05-17_close.json"
REAL_FILES = (
    BANKNIFTY,
    "nse_nifty_2025-08-05_intraday.json",
    "nse_website_export_nifty_exp_2025-08-21.csv",
    "cboe_spy_2025-09-25.csv",
)


def expected_messages(
    path: Path,
    *,
    convention: PricingConvention | None = None,
    rate: float | None = None,
    contract_size: float | None = None,
) -> list[chain_pb2.EnrichedChain]:
    """Return all chains of a file, enriched; processed at NOW."""
    recording = load_recording(path, hints=SnapshotHints(), pick=frozenset())
    products = {product.symbol: product for product in recording.products}
    numbers: Counter[str] = Counter()
    expected = []
    for chain in (chain for frame in recording.frames for chain in frame.chains):
        numbers[chain.product] += 1
        terms = PricingPolicy().terms(
            products[chain.product], convention=convention, rate=rate, contract_size=contract_size
        )
        raw = encode_chain(replace(chain, sequence=numbers[chain.product]))
        expected.append(encode_enriched_from(raw, analyse(chain, terms), NOW))
    return expected


def processed_now(found: chain_pb2.EnrichedChain) -> chain_pb2.EnrichedChain:
    """Return a chain as if it had been processed at NOW, which it must say of some time."""
    assert found.HasField("processed_at")
    found.processed_at.FromDatetime(NOW)
    return found
