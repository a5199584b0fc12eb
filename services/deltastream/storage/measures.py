"""What is measured of writing to the market store."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from deltastream.ports.store import Kind, Written
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

RowT = TypeVar("RowT")
_batches: Final = {kind: PROCESS.histogram(names.STORE_BATCH_ROWS, kind=kind) for kind in Kind}
_seconds: Final = {kind: PROCESS.histogram(names.STORE_WRITE_DURATION, kind=kind) for kind in Kind}
_rows: Final = PROCESS.counters(names.STORE_ROWS, "kind", Kind)


async def written(
    kind: Kind, rows: Sequence[RowT], put: Callable[[Sequence[RowT]], Awaitable[Written]]
) -> Written:
    """Write rows, and measure how many there were and how long it took until they are durable.

    Raises:
        DependencyUnavailableError: the store does not answer; then nothing is measured.
    """
    begun = time.perf_counter()
    done = await put(rows)
    _seconds[kind].observe(time.perf_counter() - begun)
    _batches[kind].observe(len(rows))
    _rows[kind].inc(done.stored)
    return done
