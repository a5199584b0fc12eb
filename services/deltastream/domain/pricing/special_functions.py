"""What is used of scipy.special, imported once.

SciPy wraps all that NumPy offers, and so has it load what it otherwise loads when it is asked for:
a wrapper of Fortran, tools for tests. Nobody here does ask: eight megabytes in every process.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def _not_loading_more_of_numpy() -> Iterator[None]:
    """Let nothing stand where NumPy would load a module of its own, while the block runs."""
    offered = vars(np)
    unloaded = [name for name in np.__all__ if name not in offered]
    offered.update(dict.fromkeys(unloaded))
    try:
        yield
    finally:
        for name in unloaded:
            # What was imported by its name after all has taken its place.
            if offered[name] is None:
                del offered[name]


with _not_loading_more_of_numpy():
    from scipy.special import erfcx, ndtr, ndtri

__all__ = ("erfcx", "ndtr", "ndtri")
