"""A backup or a restore as a process that is killed at a point: COMMAND DATA_DIR FOLDER POINT.

A point is a function, `MODULE:NAME` or `MODULE:CLASS.NAME`, and how many of its calls return:
`shutil:copyfile*2` is killed as the third begins.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

from deltastream.cli import main


def killed_at(point: str) -> None:
    """Have this process killed, as by kill -9, when a function is called once more."""
    module, _, rest = point.partition(":")
    name, _, returning = rest.partition("*")
    owner: Any = import_module(module)
    *path, name = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    original: Callable[..., Any] = getattr(owner, name)
    calls = count()

    def deadly(*arguments: Any, **named: Any) -> Any:
        if next(calls) == int(returning):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)

    setattr(owner, name, deadly)


if __name__ == "__main__":
    command, data_dir, folder, where = sys.argv[1:]
    killed_at(where)
    main([command, folder, "--data-dir", data_dir])
