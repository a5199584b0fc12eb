"""The pages that hold reference tables."""

import re
from pathlib import Path
from typing import Final

from tools.reference.tables import tables

DOCS: Final = Path(__file__).parents[2] / "docs"
_PLACE: Final = re.compile(r"(<!-- ([a-z ]+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def pages() -> list[Path]:
    """Return every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def places(text: str) -> list[str]:
    """Return the names of the tables that a page has places for."""
    return [match[2] for match in _PLACE.finditer(text) if match[2] in tables()]


def with_tables(text: str) -> str:
    """Return a page with its tables as they are now; other comments are left alone."""
    current = tables()

    def filled(match: re.Match[str]) -> str:
        name = match[2]
        return f"{match[1]}\n{current[name]}\n\n{match[3]}" if name in current else match[0]

    return _PLACE.sub(filled, text)
