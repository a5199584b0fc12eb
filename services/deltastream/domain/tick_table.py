"""Ticks of any products as columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self, overload

from deltastream.domain.events import UnderlyingTick
from deltastream.domain.instants import instant_of, moment_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TickTable(Sequence[UnderlyingTick]):
    """Ticks in any order. One is made when it is asked for, which takes most of its time.

    Every column has a value for each tick. Moments are microseconds since 1970-01-01T00:00:00Z,
    within the years 1 to 9999.
    """

    products: Sequence[str]
    sequences: Sequence[int]
    timestamps: Sequence[int]
    prices: Sequence[float]
    volumes: Sequence[float | None]
    processed_at: Sequence[int | None]

    @classmethod
    def of(cls, ticks: Sequence[UnderlyingTick]) -> "TickTable":
        """Lay ticks out as columns, if they are not yet."""
        if isinstance(ticks, TickTable):
            return ticks
        return cls(
            products=[tick.product for tick in ticks],
            sequences=[tick.sequence for tick in ticks],
            timestamps=[instant_of(tick.timestamp) for tick in ticks],
            prices=[tick.price for tick in ticks],
            volumes=[tick.volume for tick in ticks],
            processed_at=[
                None if tick.processed_at is None else instant_of(tick.processed_at)
                for tick in ticks
            ],
        )

    def rows(
        self,
    ) -> Iterator[tuple[str, int, int, float, float | None, int | None]]:
        """Return what each tick has in the columns, in their order."""
        return zip(
            self.products,
            self.sequences,
            self.timestamps,
            self.prices,
            self.volumes,
            self.processed_at,
            strict=True,
        )

    def newest(self) -> list[UnderlyingTick]:
        """Return the newest tick of each product: of one moment, that of the highest sequence."""
        newest: dict[str, tuple[int, int, int]] = {}
        order = zip(self.products, self.timestamps, self.sequences, strict=True)
        for place, (product, timestamp, sequence) in enumerate(order):
            known = newest.get(product)
            if known is None or (timestamp, sequence) > known[:2]:
                newest[product] = timestamp, sequence, place
        return [self[place] for _, _, place in newest.values()]

    def __len__(self) -> int:
        return len(self.products)

    @overload
    def __getitem__(self, place: int) -> UnderlyingTick: ...

    @overload
    def __getitem__(self, place: slice) -> Self: ...

    def __getitem__(self, place: int | slice) -> UnderlyingTick | Self:
        if isinstance(place, slice):
            return type(self)(
                products=self.products[place],
                sequences=self.sequences[place],
                timestamps=self.timestamps[place],
                prices=self.prices[place],
                volumes=self.volumes[place],
                processed_at=self.processed_at[place],
            )
        processed_at = self.processed_at[place]
        return UnderlyingTick(
            product=self.products[place],
            sequence=self.sequences[place],
            timestamp=moment_of(self.timestamps[place]),
            price=self.prices[place],
            volume=self.volumes[place],
            processed_at=None if processed_at is None else moment_of(processed_at),
        )
