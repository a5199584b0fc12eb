"""Where the output goes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Open the file that was named, else stdout, to write text to it.

    A reader that ends early, as `head` does, has seen enough: its end may be taken for ours.

    Raises:
        BrokenPipeError: the reader has ended.
        OSError: the file cannot be written.
    """
    if path is not None:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError:
        _let_go_of_stdout()
        raise


def _let_go_of_stdout() -> None:
    """Send what is still buffered nowhere: at its end, Python would complain of it again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
