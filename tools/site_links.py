"""Hooks of mkdocs: the repository's own pages join the site, and links out of docs/ stay alive.

The pages are written for whoever reads them in the repository: a link leads to a file beside them.
On the site a link to a page that is on it leads there, and one to any other file to the repository.
"""

import posixpath
import re
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ROOT: Final = Path(__file__).parents[1]
_JOINING: Final = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "charts/deltastream/README.md": "chart.md",
}
"""Files of the repository that are pages of the site, and what they are called there."""
_FOLDER: Final = "docs"
_LINK: Final = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)\s#]+)(#[^)\s]*)?(?=\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the repository's own pages."""
    for source, name in _JOINING.items():
        files.append(File.generated(config, name, abs_src_path=str(_ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """Turn each link from where the page is in the repository to where it is on the site."""
    own = _in_repository(page.file.src_uri)

    def turned(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(own), match[1]))
        return f"{_on_site(target, page.file.src_uri, config)}{match[2] or ''}"

    return _LINK.sub(turned, markdown)


def _in_repository(name: str) -> str:
    source = next((source for source, joined in _JOINING.items() if joined == name), None)
    return source or f"{_FOLDER}/{name}"


def _on_site(target: str, page: str, config: MkDocsConfig) -> str:
    """Say how a page of the site refers to a file of the repository."""
    name = _JOINING.get(target)
    if name is None and target.startswith(f"{_FOLDER}/") and (_ROOT / target).is_file():
        name = target.removeprefix(f"{_FOLDER}/")
    if name is None:
        return f"{config.repo_url}/blob/main/{target}"
    return posixpath.relpath(name, posixpath.dirname(page) or ".")
