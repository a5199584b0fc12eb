"""Keeps libraries from importing what they would use if it were asked for, and is not.

It belongs to no layer, and knows none.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Let imports of packages fail while the block runs, as if they were not installed.

    Where one is imported already, there is nothing left to save, and nothing changes.
    """
    modules: dict[str, Any] = sys.modules
    absent = [package for package in packages if package not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for package in absent:
            del modules[package]
