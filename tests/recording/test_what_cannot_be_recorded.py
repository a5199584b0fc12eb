"""`deltastream record` of products that the mesh does not know."""

import asyncio
from pathlib import Path

import grpc
import pytest

from deltastream.market.v1.product_pb2 import Product
from deltastream.recording.command import RecordOptions, run_record
from deltastream.storage.v1 import storage_service_pb2 as pb
from deltastream.storage.v1.storage_service_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)


class Knowing(StorageServiceServicer):
    def __init__(self, *symbols: str) -> None:
        self._details = [Product(symbol=symbol) for symbol in symbols]

    async def ListProducts(self, request: object, context: object) -> pb.ListProductsResponse:
        return pb.ListProductsResponse(details=self._details)


async def recorded(storage: Knowing, output: Path) -> int:
    """Record NIFTI of a mesh with such a storage; return the exit status."""
    server = grpc.aio.server()
    add_StorageServiceServicer_to_server(storage, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    options = RecordOptions(
        address=f"127.0.0.1:{port}", output=output, products=["NIFTI"], day=None, seconds=None
    )
    try:
        return await asyncio.to_thread(run_record, options)
    finally:
        await server.stop(None)


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        (["BANKNIFTY", "NIFTY"], "the mesh does not have NIFTI; it has: BANKNIFTY, NIFTY"),
        ([], "the mesh does not know any product yet; it does as soon as its feed has started"),
    ],
)
async def test_it_says_which_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], known: list[str], answer: str
) -> None:
    file = tmp_path / "a.dsrec"

    assert await recorded(Knowing(*known), file) == 3
    assert capsys.readouterr().err == f"deltastream record: {answer}\n"
    assert not file.exists()
