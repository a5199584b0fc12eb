"""Progress on stderr, for a person who waits."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import track

ItemT = TypeVar("ItemT")

_WORTH_SHOWING: Final = 10
"""Fewer files or chains are done before one has read how many there are."""


def shown(items: Sequence[ItemT], *, doing: str, beside_output: bool = False) -> Iterable[ItemT]:
    """Pass items on, and show how far that is; only on a terminal, and only if there are many.

    Args:
        items: what is worked on.
        doing: in one word.
        beside_output: something else is written to the same terminal meanwhile; shows nothing.
    """
    console = Console(stderr=True)
    if beside_output or not console.is_terminal or len(items) < _WORTH_SHOWING:
        return items
    return track(items, description=doing, console=console, transient=True)
