"""`deltastream record`."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click
import grpc

from deltastream.client.errors import CallError, error_of
from deltastream.client.frames import Gap
from deltastream.client.mesh import Mesh
from deltastream.market.v1 import product_pb2
from deltastream.market.v1.recording_pb2 import RecordedEvent
from deltastream.recording.file import RecordingWriter, writing
from deltastream.recording.live import record_live
from deltastream.recording.stored import record_stored
from deltastream.runtime import exit_codes
from deltastream.runtime.background import running
from deltastream.runtime.clock import utc_now
from deltastream.storage.v1 import storage_service_pb2 as pb

_REPORT_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 10.0


class NothingToRecordError(Exception):
    """The mesh has none of the products; the text says which it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """What the command line says.

    Attributes:
        address: of the mesh's public gRPC.
        output: the file to write.
        products: symbols; empty means all.
        day: a day that is over; None records what happens from now on.
        seconds: how long; None is until Ctrl-C.
    """

    address: str
    output: Path
    products: Sequence[str]
    day: date | None
    seconds: float | None


def run_record(options: RecordOptions) -> int:
    """Write a recording, and return the exit status."""
    try:
        events = asyncio.run(_record(options))
    except Exception as error:
        problem = _explained(options, error)
        if problem is None:
            raise
        return _complain(problem)
    size = options.output.stat().st_size
    click.echo(f"\r{events:,} events in {options.output} ({size / 1e6:,.1f} MB)", err=True)
    if not events:
        return _complain("nothing has happened; the file only describes the products")
    click.echo(f"play it: deltastream replay {options.output}", err=True)
    return 0


def _explained(options: RecordOptions, error: BaseException) -> str | None:
    """Say what went wrong, for people; None when it is a fault of the program."""
    match error:
        case BaseExceptionGroup():
            return _explained(options, error.exceptions[0])
        case NothingToRecordError():
            return str(error)
        case grpc.aio.AioRpcError():
            return _unanswered(options, error_of(error))
        case CallError():
            return _unanswered(options, error)
        case OSError():
            return f"{options.output} cannot be written: {error.strerror}"
        case _:
            return None


async def _record(options: RecordOptions) -> int:
    async with Mesh(options.address) as mesh:
        products = await _products(mesh, options.products)
        symbols = [product.symbol for product in products]
        what = f"{', '.join(symbols)}, {options.day or 'live'}"
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with writing(options.output, description=what, recorded_at=utc_now()) as writer:
            for product in products:
                writer.write(RecordedEvent(product=product))
            click.echo(f"recording {what}", err=True)
            async with running(_report(writer)):
                if options.day is None:
                    await _until_stopped(mesh, symbols, writer, seconds=options.seconds)
                else:
                    await record_stored(mesh, products, options.day, write=writer.write)
            return writer.events


async def _products(mesh: Mesh, wanted: Sequence[str]) -> list[product_pb2.Product]:
    """Return the descriptions of the wanted products, or of all."""
    answer = await mesh.storage.ListProducts(pb.ListProductsRequest(), timeout=_ANSWER_SECONDS)
    known = {product.symbol: product for product in answer.details}
    missing = [symbol for symbol in wanted if symbol not in known]
    if not known:
        raise NothingToRecordError(
            "the mesh does not know any product yet; it does as soon as its feed has started"
        )
    if missing:
        raise NothingToRecordError(
            f"the mesh does not have {', '.join(missing)}; it has: {', '.join(known)}"
        )
    return [known[symbol] for symbol in sorted(wanted or known)]


async def _until_stopped(
    mesh: Mesh, symbols: Sequence[str], writer: RecordingWriter, *, seconds: float | None
) -> None:
    """Record until a signal, or for some seconds."""
    recording = asyncio.create_task(
        record_live(mesh, symbols, write=writer.write, on_gap=_tell_gap)
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, recording.cancel)
    try:
        await asyncio.wait((recording,), timeout=seconds)
    finally:
        recording.cancel()
    (outcome,) = await asyncio.gather(recording, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


def _tell_gap(gap: Gap) -> None:
    click.echo(
        f"events were missed: {gap.stream} could not go on where it was ({gap.reason})", err=True
    )


async def _report(writer: RecordingWriter) -> None:
    """Show on a terminal how many events there are, until cancelled."""
    while sys.stderr.isatty():
        click.echo(f"\r{writer.events:,} events ", nl=False, err=True)
        await asyncio.sleep(_REPORT_SECONDS)


def _unanswered(options: RecordOptions, error: Exception) -> str:
    return (
        f"the mesh at {options.address} did not answer as expected: {error}\n"
        "Start it with `deltastream up`, or name another with --address."
    )


def _complain(text: str) -> int:
    click.echo(f"deltastream record: {text}", err=True)
    return exit_codes.UNUSABLE
