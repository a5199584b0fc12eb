"""Links lead somewhere, in the repository and on the site."""

import os
import re
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, name_of, pages, prose

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return what headings are called in links, as GitHub does."""
    return frozenset(slug(heading) for heading in HEADING.findall(prose(page)))


def slug(heading: str) -> str:
    text = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower()
    kept = (c for c in text if c in " -_" or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_relative_link_and_anchor_resolves(page: Path) -> None:
    broken = []
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = Path(os.path.normpath(page.parent / path)) if path else page
        known = not anchor or (target.is_file() and anchor in anchors(target))
        if not (target.is_relative_to(ROOT) and target.exists() and known):
            broken.append(link)
    assert broken == []


def test_mkdocs_builds_the_site_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    built = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    written = (tmp_path / "quickstart" / "index.html").read_text(encoding="utf-8")
    # A page of the repository that joins the site, and a file that does not.
    assert 'href="../api/#streams"' in written
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="architecture/"' in index
    assert 'href="https://github.com/deltastream/deltastream/blob/main/proto"' in index
