"""What a batch says about each thing when it says several."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

Value = TypeVar("Value")


def newest(
    values: Iterable[Value], *, key: Callable[[Value], Hashable], rank: Callable[[Value], Any]
) -> Sequence[Value]:
    """Keep the value of the greatest rank of each key; of equal ranks, the first."""
    kept: dict[Hashable, Value] = {}
    for value in values:
        about = key(value)
        known = kept.get(about)
        if known is None or rank(value) > rank(known):
            kept[about] = value
    return list(kept.values())
