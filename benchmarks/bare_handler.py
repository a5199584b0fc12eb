"""The least that answers a request: `python -m benchmarks.bare_handler STORAGE KIND FILE`.

An aiohttp handler that makes one gRPC call and says what is in a file, whatever the service
answered: no JSON, no limits, no credentials. Prints its HOST:PORT once it listens.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

import grpc
from aiohttp import web

from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_CALLS: Final[dict[str, tuple[str, Any]]] = {
    "products": ("ListProducts", pb.ListProductsRequest()),
    "chain": ("ListChains", pb.ListChainsRequest(product="NIFTY", page_size=1)),
}


async def _serve(storage: str, kind: str, body: bytes) -> None:
    async with grpc.aio.insecure_channel(storage) as channel:
        name, question = _CALLS[kind]
        call = getattr(StorageServiceStub(channel), name)

        async def answer(_: web.Request) -> web.Response:
            await call(question)
            return web.Response(body=body, content_type="application/json")

        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        print(f"{host}:{port}", flush=True)
        # Until whoever started it ends it.
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes()))
