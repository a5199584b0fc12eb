"""The mesh under measurement: as `deltastream up` starts it, with SQLite on disk."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import grpc
from tests.fixtures.running_mesh import RunningMesh, running_mesh

from deltastream.feed.v1 import feed_service_pb2 as feed_pb
from deltastream.feed.v1.feed_service_pb2_grpc import FeedServiceStub

# So rare that they do not come during a measurement.
NEVER = "3600"


@asynccontextmanager
async def measured_mesh(folder: Path, **settings: str) -> AsyncIterator[RunningMesh]:
    """Start a mesh whose synthetic feed has these settings."""
    async with running_mesh(folder, **settings) as mesh:
        yield mesh


async def published(mesh: RunningMesh) -> Mapping[str, feed_pb.ProductStatus]:
    """Return what the feed has published so far, by product."""
    async with grpc.aio.insecure_channel(mesh.grpc["feed"]) as channel:
        status = await FeedServiceStub(channel).GetFeedStatus(feed_pb.GetFeedStatusRequest())
    return {one.product.symbol: one for one in status.products}


async def stored(
    mesh: RunningMesh, table: str, after: Mapping[str, int], upto: Mapping[str, int]
) -> int:
    """Count the rows of a table between two sequences per product."""
    return await asyncio.to_thread(_count, mesh.data_dir / "market.db", table, after, upto)


def _count(file: Path, table: str, after: Mapping[str, int], upto: Mapping[str, int]) -> int:
    query = f"SELECT count(*) FROM {table} WHERE product = ? AND sequence > ? AND sequence <= ?"  # noqa: S608 - one of our own names
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return sum(
            connection.execute(query, (product, after[product], sequence)).fetchone()[0]
            for product, sequence in upto.items()
        )
