"""`make bench`: measures kernels and mesh beside peers and raw limits; prints a table and JSON."""

import asyncio
import tempfile
from pathlib import Path

import click
from benchmarks.dashboard import dashboard
from benchmarks.edge_rest import edge_rest
from benchmarks.edge_sockets import edge_sockets
from benchmarks.footprint import footprint
from benchmarks.guarantees import guarantees
from benchmarks.kernels.candles import candle_figures
from benchmarks.kernels.chain import chain_figures
from benchmarks.kernels.implied_volatility import implied_volatility
from benchmarks.kernels.json_encoding import json_figures
from benchmarks.kernels.surface import surface_figures
from benchmarks.latency import latencies
from benchmarks.limits import bare_redis, bare_stream
from benchmarks.report import Figure, machine, table, write_json
from benchmarks.subscribers import subscribers
from benchmarks.telemetry import telemetry
from benchmarks.throughput import chains, sustained, ticks

_CHAIN_RATES = (500, 650, 800, 850, 900, 1000, 1200, 1500)
_TICK_RATES = (20_000, 30_000, 40_000, 45_000, 50_000, 60_000)


def kernels() -> list[Figure]:
    """Measure the mathematics, on one thread."""
    return [
        *implied_volatility(),
        *chain_figures(),
        *surface_figures(),
        *candle_figures(),
        *json_figures(),
    ]


async def mesh(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure the mesh as processes."""
    figures = await footprint(folder)
    figures += await latencies(folder, seconds=seconds)
    figures += await subscribers(folder, seconds=seconds)
    figures += await sustained(chains, _CHAIN_RATES, folder, seconds=seconds)
    figures += await sustained(ticks, _TICK_RATES, folder, seconds=seconds)
    figures += [await bare_stream(), await bare_redis(folder)]
    return figures


async def edge(folder: Path, *, seconds: float) -> list[Figure]:
    """Measure the edge alone: in front of services that answer at once."""
    figures = await edge_rest(folder, seconds=seconds)
    figures += await edge_sockets(folder, seconds=seconds)
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
@click.option(
    "--only",
    type=click.Choice(
        ["kernels", "mesh", "subscribers", "edge", "guarantees", "telemetry", "dashboard"]
    ),
    help="Measure just these.",
)
def main(*, seconds: float, output: Path, only: str | None) -> None:
    """Measure the mathematics, then the whole mesh as processes, with SQLite on disk."""
    where = machine()
    figures = kernels() if only in {None, "kernels"} else []
    measures = {
        "mesh": mesh,
        "guarantees": guarantees,
        "subscribers": subscribers,
        "edge": edge,
        "telemetry": telemetry,
        "dashboard": dashboard,
    }
    # That of the mesh has the subscribers in it.
    chosen = {"mesh", "edge", "guarantees", "telemetry", "dashboard"} if only is None else {only}
    with tempfile.TemporaryDirectory(prefix="deltastream-bench-") as folder:
        for name in chosen & measures.keys():
            figures += asyncio.run(measures[name](Path(folder), seconds=seconds))
    print("\n".join(f"{name}: {value}" for name, value in where.items()))
    print()
    print(table(figures))
    write_json(output, where, figures)
    print(f"\nwritten to {output}")


if __name__ == "__main__":
    main()
