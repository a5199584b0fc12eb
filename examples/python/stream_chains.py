"""Print enriched chains as they come, and go on where it stopped the last time.

    python examples/python/stream_chains.py localhost:8009 NIFTY

Stop it with Ctrl-C and start it again: it continues exactly after the last chain that it printed.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from deltastream.client import LOSSLESS, Mesh
from deltastream.client.errors import CallError
from deltastream.client.frames import Gap
from deltastream.market.v1.chain_pb2 import EnrichedChain


async def stream(address: str, products: list[str], bookmark: Path) -> None:
    """Print chains until interrupted."""
    async with Mesh(address, on_gap=tell) as mesh:
        chains = mesh.chains(*products, delivery=LOSSLESS, resume=read(bookmark))
        async for chain in chains:
            print(line(chain))
            write(bookmark, chains.token)


def read(bookmark: Path) -> str:
    """Return the token that the last run left; empty if there was none."""
    return bookmark.read_text() if bookmark.exists() else ""


def write(bookmark: Path, token: str) -> None:
    """Leave a token for the next run: whole, whenever this one is ended."""
    new = bookmark.with_suffix(".new")
    new.write_text(token)
    new.replace(bookmark)


def line(chain: EnrichedChain) -> str:
    """Return a chain in a few figures."""
    volatility = f"{chain.atm_iv:.1%}" if chain.HasField("atm_iv") else "?"
    ratio = f"{chain.pcr_oi:.2f}" if chain.HasField("pcr_oi") else "?"
    spot = f"{chain.spot_price:.2f}" if chain.HasField("spot_price") else "?"
    time = chain.timestamp.ToDatetime().time().isoformat("seconds")
    return f"{time} {chain.product} {chain.expiry}  spot {spot}  iv {volatility}  pcr {ratio}"


def tell(gap: Gap) -> None:
    """Say that chains may have been missed."""
    print(f"some chains may be missing: {gap.reason}", file=sys.stderr)


def main() -> None:
    """Read the command line and stream."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("address", nargs="?", default="localhost:8009")
    parser.add_argument("products", nargs="*", help="all, if none is named")
    parser.add_argument("--bookmark", type=Path, default=Path("stream_chains.token"))
    options = parser.parse_args()
    try:
        asyncio.run(stream(options.address, options.products, options.bookmark))
    except KeyboardInterrupt:
        pass
    except CallError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
