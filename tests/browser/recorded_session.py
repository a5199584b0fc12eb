"""An invented market of a day long ago: whoever plays it sees the same figures."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.recording.recorded import message_of

from deltastream.adapters.source.synthetic import SyntheticSource
from deltastream.domain.synthetic.settings import SyntheticSettings
from deltastream.recording.file import writing

PRODUCTS: Final = ("BANKNIFTY", "NIFTY", "SENSEX")
SHOWN: Final = "NIFTY"
_BEGINS: Final = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
_LASTS: Final = timedelta(minutes=45)
_SEED: Final = 7
_SETTINGS: Final = SyntheticSettings(
    tick_interval=15.0, quote_interval=3600.0, chain_interval=20.0, expiries=6
)


def record_session(path: Path) -> Path:
    """Write it."""
    asyncio.run(_record(path))
    return path


async def _record(path: Path) -> None:
    now = _BEGINS

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds)

    source = SyntheticSource(
        seed=_SEED, clock=lambda: now, sleep=sleep, products=PRODUCTS, settings=_SETTINGS
    )
    with writing(path, description="invented", recorded_at=_BEGINS) as recording:
        for product in source.products:
            recording.write(message_of(product))
        async with aclosing(source.events()) as batches:
            async for batch in batches:
                for event in batch:
                    recording.write(message_of(event))
                if now - _BEGINS > _LASTS:
                    break
