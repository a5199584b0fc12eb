"""Keeps libraries from importing what they would use if it were asked for, and is not.

It belongs to no layer, and knows none.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hidden(package: str) -> Iterator[None]:
    """Let imports of a package fail while the block runs, as if it were not installed.

    Where it is imported already, there is nothing left to save, and nothing changes.
    """
    if package in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[package] = None
    try:
        yield
    finally:
        del modules[package]
