"""How large the built dashboard is on the wire, by the files that the edge sends."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.report import Figure

STATIC: Final = Path(__file__).parents[1] / "edge/deltastream/edge/static"
_KILOBYTE: Final = 1024
_PAGE: Final = "index.html"
# What the page names itself, and what a module imports at once rather than when it is needed.
_NAMED_BY_PAGE: Final = re.compile(r'(?:src|href)="\.?/?(assets/[^"]+)"')
_IMPORTED: Final = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')
_FIRST_SCREEN: Final = "option-chain-*.js"


def shell_figures() -> list[Figure]:
    """Measure what comes before anything is shown, and what before the first row is drawn."""
    page = STATIC / _PAGE
    named = [STATIC / name for name in _NAMED_BY_PAGE.findall(page.read_text(encoding="utf-8"))]
    shell = {page, *_with_imports(named)}
    first = shell | _with_imports(STATIC.glob(f"assets/{_FIRST_SCREEN}"))
    return [
        Figure(
            name="shell: the page, and what it imports at once, gzip",
            value=_compressed(shell, ".gz") / _KILOBYTE,
            unit="KB",
            wanted="at most 30",
        ),
        Figure(
            name="shell and the chain's screen, gzip",
            value=_compressed(first, ".gz") / _KILOBYTE,
            unit="KB",
        ),
    ]


def fetched_figure(what: str, fetched: Iterable[str], *, wanted: str = "") -> Figure:
    """Measure what a browser has fetched.

    Args:
        what: it has shown meanwhile.
        fetched: names of files, as the edge serves them.
        wanted: how much it may be, in words.
    """
    files = {STATIC / (name or _PAGE) for name in fetched}
    return Figure(
        name=f"all {len(files)} files that are fetched for {what}, brotli",
        value=_compressed(files, ".br") / _KILOBYTE,
        unit="KB",
        wanted=wanted,
    )


def _with_imports(files: Iterable[Path]) -> set[Path]:
    """Follow the static imports of modules."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".js":
            imported = _IMPORTED.findall(file.read_text(encoding="utf-8"))
            waiting += [file.parent / name for name in imported]
    return found


def _compressed(files: Iterable[Path], suffix: str) -> int:
    """Add up the sizes, compressed where that is smaller: what the edge sends."""
    siblings = ((file.with_name(file.name + suffix), file) for file in files)
    return sum((small if small.exists() else file).stat().st_size for small, file in siblings)
