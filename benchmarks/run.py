"""`make bench`: measures the mesh beside the raw limits, and prints a table and JSON."""

import asyncio
import tempfile
from pathlib import Path

import click
from benchmarks.footprint import footprint
from benchmarks.latency import latencies
from benchmarks.limits import bare_redis, bare_stream
from benchmarks.report import Figure, machine, table, write_json
from benchmarks.throughput import chains, sustained, ticks

_CHAIN_RATES = (300, 600, 800, 1000, 1200, 1500)
_TICK_RATES = (10_000, 20_000, 30_000, 40_000, 60_000)


async def measure(folder: Path, *, seconds: float) -> list[Figure]:
    """Run every benchmark, one after the other."""
    figures = await footprint(folder)
    figures += await latencies(folder, seconds=seconds)
    figures += await sustained(chains, _CHAIN_RATES, folder, seconds=seconds)
    figures += await sustained(ticks, _TICK_RATES, folder, seconds=seconds)
    figures += [await bare_stream(), await bare_redis(folder)]
    return figures


@click.command()
@click.option("--seconds", default=15.0, show_default=True, help="How long each load lasts.")
@click.option(
    "--json",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("benchmarks/results/latest.json"),
    show_default=True,
    help="Where the figures are written.",
)
def main(*, seconds: float, output: Path) -> None:
    """Measure the whole mesh as processes, with SQLite on disk."""
    where = machine()
    with tempfile.TemporaryDirectory(prefix="deltastream-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), seconds=seconds))
    print("\n".join(f"{name}: {value}" for name, value in where.items()))
    print()
    print(table(figures))
    write_json(output, where, figures)
    print(f"\nwritten to {output}")


if __name__ == "__main__":
    main()
