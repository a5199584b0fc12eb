"""A recording as a source of market data."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from deltastream.adapters.source.replay import LOOP_PAUSE, Pace
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.errors import InvalidValueError, SourceFormatError
from deltastream.domain.events import MarketEvent
from deltastream.domain.instruments import Product
from deltastream.domain.session import UNKNOWN_MARKET, MarketState, SourceKind
from deltastream.market.v1 import recording_pb2
from deltastream.ports.source import SkippedRecords
from deltastream.recording.file import read_recording
from deltastream.runtime.codec.chains import decode_chain
from deltastream.runtime.codec.products import decode_product
from deltastream.runtime.codec.ticks import decode_quote, decode_tick

_BATCH: Final = 100


class RecordedSource:
    """Plays a recording once, or for ever, reading the file as it goes.

    Events keep their order. Each is due when the recording had reached its time: one that was late
    then is as late again. Looped, each further pass adds the recorded span and LOOP_PAUSE to the
    times of the pass before, so that time moves forward.
    """

    kind = SourceKind.REPLAY

    def __init__(
        self,
        path: Path,
        *,
        pace: Pace,
        loop: bool,
        pick: frozenset[str],
        calendars: Calendars,
    ) -> None:
        """Open a recording, and read up to its first event.

        Args:
            path: the file.
            pace: how fast it is played.
            loop: begin again at its end, for ever.
            pick: symbols of the products to play; empty takes all.
            calendars: of the exchanges.

        Raises:
            SourceFormatError: it is no recording, or has nothing of the picked products.
        """
        described = _described(path)
        self.products: Sequence[Product] = _picked(described, pick, path)
        self.skipped = SkippedRecords()
        self.exhausted = False
        symbols = ", ".join(product.symbol for product in self.products)
        self.description = f"recording {path.name}: {symbols}"
        self._path = path
        self._pace = pace
        self._loop = loop
        self._calendars = {p.symbol: calendars.get(p.exchange) for p in self.products}
        self._passed_over = described.keys() - self._calendars.keys()
        self._reached: datetime | None = None

    def market(self, product: str, now: datetime) -> MarketState:  # noqa: ARG002 - no now recorded
        """Say whether the market traded at the recorded time that has been reached."""
        calendar = self._calendars.get(product)
        if calendar is None or self._reached is None:
            return UNKNOWN_MARKET
        return MarketState(session=calendar.session(self._reached))

    def notices(self, now: datetime) -> Sequence[str]:  # noqa: ARG002 - as above
        """Say nothing: calendars of the past do not end soon."""
        return ()

    async def events(self) -> AsyncIterator[Sequence[MarketEvent]]:
        """Yield what is due together, in batches of a bounded size."""
        begin: datetime | None = None
        later = timedelta()
        self._pace.start()
        for _ in count() if self._loop else range(1):
            newest = begin
            for moment, batch in self._batches():
                begin = begin or moment
                newest = moment
                await self._pace.until((moment + later - begin).total_seconds())
                self._reached = moment
                yield [replace(event, timestamp=event.timestamp + later) for event in batch]
            if begin is None or newest is None:
                break
            later += newest - begin + LOOP_PAUSE
        self.exhausted = True

    def _batches(self) -> Iterator[tuple[datetime, list[MarketEvent]]]:
        """Yield events with the recorded time at which they are due, which never goes back."""
        due: datetime | None = None
        batch: list[MarketEvent] = []
        for event in self._played():
            if due is not None and (event.timestamp > due or len(batch) == _BATCH):
                yield due, batch
                batch = []
            due = event.timestamp if due is None else max(due, event.timestamp)
            batch.append(event)
        if due is not None:
            yield due, batch

    def _played(self) -> Iterator[MarketEvent]:
        for number, message in enumerate(read_recording(self._path)):
            try:
                event = _event_of(message)
            except InvalidValueError as error:
                self.skipped.add(str(error), f"{self._path.name}: message {number}")
                continue
            if event is None:
                continue
            if event.product in self._calendars:
                yield event
            elif event.product not in self._passed_over:
                self.skipped.add("product is not described", f"{event.product}: message {number}")


def _described(path: Path) -> dict[str, Product]:
    """Return the products that stand before the first event, by symbol."""
    products: dict[str, Product] = {}
    for message in read_recording(path):
        if message.HasField("product"):
            product = decode_product(message.product)
            products[product.symbol] = product
        elif not message.HasField("header"):
            break
    return products


def _picked(described: Mapping[str, Product], pick: frozenset[str], path: Path) -> list[Product]:
    picked = [described[symbol] for symbol in sorted(described) if not pick or symbol in pick]
    if not picked:
        held = ", ".join(sorted(described)) or "no product"
        raise SourceFormatError(f"{path} holds {held}; ask for a product that it holds")
    return picked


def _event_of(message: recording_pb2.RecordedEvent) -> MarketEvent | None:
    """Decode what happened; None is the header, a product, or what a later version adds."""
    match message.WhichOneof("event"):
        case "tick":
            return decode_tick(message.tick)
        case "quote":
            return decode_quote(message.quote)
        case "chain":
            return decode_chain(message.chain)
        case _:
            return None
