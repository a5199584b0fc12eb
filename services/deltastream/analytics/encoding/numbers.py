"""Numbers of arrays on the wire, where NaN is an absent field."""

from collections.abc import Iterator, Mapping

from deltastream.domain.arrays import FloatArray


def rows_of(columns: Mapping[str, FloatArray]) -> Iterator[dict[str, float]]:
    """Yield the numbers of each row by the names of their columns, without those that are NaN."""
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        # NaN is the one number that differs from itself. Calling isnan for each takes longer.
        yield {
            name: number
            for name, number in zip(columns, row, strict=True)
            if number == number  # noqa: PLR0124
        }
