"""Imports every module of ours in the finished image, and keeps the bytecode of all that came.

Whatever the image lacks fails here, while it is built. And because nobody can write into a running
one, a role would otherwise compile some two thousand modules each time it starts, and the health
check hundreds every few seconds.
"""

import importlib
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

# The one mode that takes no notice of the times of files, which a copied layer may change.
_MODE: Final = py_compile.PycInvalidationMode.UNCHECKED_HASH


def our_modules() -> Iterator[str]:
    """Names of all modules of the package."""
    import deltastream  # noqa: PLC0415 - in the image only

    for root in map(Path, deltastream.__path__):
        for file in sorted(root.rglob("*.py")):
            yield ".".join((root.name, *file.relative_to(root).with_suffix("").parts))


def source_of(module: ModuleType) -> Path | None:
    """Return the file that a module was read from; None where there is no such text."""
    file = getattr(module, "__file__", None)
    return Path(file) if file and file.endswith(".py") else None


def main() -> None:
    """Import, compile, and say how many."""
    sys.dont_write_bytecode = True
    names = list(our_modules())
    for name in names:
        importlib.import_module(name)
    this = Path(__file__)
    sources = {source_of(module) for module in list(sys.modules.values())} - {None, this}
    for source in sources:
        py_compile.compile(str(source), doraise=True, invalidation_mode=_MODE)
    sys.stdout.write(f"imported {len(names)} modules of ours, compiled {len(sources)}\n")


if __name__ == "__main__":
    main()
