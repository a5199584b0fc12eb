"""CONTRIBUTING.md lists the verbs that there are."""

import re

from tests.deploy.deployment_files import ROOT


def _found(pattern: str, name: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_every_verb_of_the_makefile_is_explained_and_no_other() -> None:
    verbs = _found(r"^([a-z-]+):.*##", "Makefile") - {"help"}
    assert verbs
    assert _found(r"^\| `make ([a-z-]+)`", "CONTRIBUTING.md") == verbs
