"""Takes from an environment what no role runs: `prune.py ENVIRONMENT`.

Tests, headers and type stubs of libraries; debug symbols of their extension modules; and of SciPy
all but the special functions. compile_imported.py imports what is left, so that too much taken
fails the build of the image.
"""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_FOLDERS: Final = frozenset({"__pycache__", "tests"})
_SUFFIXES: Final = frozenset(
    {".a", ".c", ".cc", ".cpp", ".f90", ".h", ".hpp", ".lib", ".pxd", ".pyi", ".pyx"}
)
_OF_SCIPY: Final = frozenset({"__pycache__", "_lib", "special"})
"""The folders that stay: special functions, and what these are built on."""


def _unused_of_scipy(packages: Path) -> Iterator[Path]:
    for entry in (packages / "scipy").iterdir():
        if entry.is_dir() and entry.name not in _OF_SCIPY:
            yield entry


def _unused_anywhere(packages: Path) -> Iterator[Path]:
    for entry in packages.rglob("*"):
        if entry.is_dir():
            # Ours have none, and a library's tests are no part of what it does.
            if entry.name in _FOLDERS:
                yield entry
        elif entry.suffix in _SUFFIXES:
            yield entry


def _remove(entries: Iterator[Path]) -> None:
    # Listed first: what is removed is not walked into any more.
    for entry in list(entries):
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


def _extension_modules(packages: Path) -> list[Path]:
    # Not the libraries that wheels bring beside them, in *.libs: their segments were moved by the
    # tool that bundled them, and strip would put them where no loader takes them.
    every = packages.rglob("*.so")
    return [module for module in every if not module.parent.name.endswith(".libs")]


def _strip(module: Path) -> None:
    """Take what only a debugger reads, unless the module would not load any more."""
    stripped = module.with_name(f"stripped-{module.name}")
    subprocess.run(  # noqa: S603 - a program of the build's own image
        ["strip", "--strip-unneeded", "-o", stripped, module],  # noqa: S607
        check=True,
    )
    try:
        ctypes.PyDLL(str(stripped))
    except OSError as error:
        sys.stderr.write(f"left as it is: {error}\n")
        stripped.unlink()
    else:
        stripped.replace(module)


def main(environment: Path) -> None:
    """Prune the packages of this environment."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    _remove(_unused_of_scipy(packages))
    _remove(_unused_anywhere(packages))
    for module in _extension_modules(packages):
        _strip(module)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
