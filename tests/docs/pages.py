"""The pages of the documentation, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its language, and what is in it."""

    language: str
    text: str


def pages() -> list[Path]:
    """Return every page for readers: those of the site, and the repository's own."""
    own = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "charts/deltastream/README.md")
    return [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in own)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    found = _FENCED.findall(page.read_text(encoding="utf-8"))
    return [Block(language=language, text=text) for language, text in found]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def inline_code(page: Path) -> list[str]:
    return _INLINE.findall(prose(page))


def shell_lines(page: Path) -> Iterator[str]:
    """Yield each command of the shell's blocks, continued lines joined, comments left out."""
    for block in blocks(page):
        if block.language == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                if line.strip() and not line.lstrip().startswith("#"):
                    yield line.strip()
