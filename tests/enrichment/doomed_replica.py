"""A replica as a process, which the chain of one sequence ends: REDIS_URL FOLDER SEQUENCE."""

import asyncio
import os
import sys
from pathlib import Path

from tests.enrichment.bench import Bench, working
from tests.enrichment.poison import PoisonedEnricher
from tests.fixtures.storage_role import storage_role

from deltastream.adapters.bus.choose import open_bus
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

STATUS = 86


async def main(url: str, folder: Path, sequence: int) -> None:
    bus = open_bus(url)
    enricher = PoisonedEnricher({sequence}, lambda: os._exit(STATUS))
    async with storage_role(folder) as (channel, store):
        bench = Bench(bus, StorageServiceStub(channel), store)
        async with working(bench, enricher=enricher):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
