"""The list of wanted differences is the documented one, and holds nothing that no case shows."""

import re
from pathlib import Path

from tests.gateway.answered_cases import ANSWERED_CASES
from tests.gateway.cases import CASES
from tests.gateway.document import documented
from tests.gateway.wanted_differences import NAMES, WANTED

_ROOT = Path(__file__).parents[2]
_DOCUMENT = _ROOT / "docs/rest-parity.md"
_MODULES = Path(__file__).parent / "go/go.mod"


def test_each_wanted_difference_is_shown_by_a_case() -> None:
    assert frozenset().union(*(case.differs for case in (*CASES, *ANSWERED_CASES))) == NAMES


def test_no_two_have_one_name() -> None:
    assert len(NAMES) == len(WANTED)


def test_the_document_lists_them() -> None:
    assert documented(WANTED) in _DOCUMENT.read_text(), (
        "docs/rest-parity.md has another list: `python -m tests.gateway.document` prints this one"
    )


def test_the_document_names_the_versions_that_were_compared_with() -> None:
    text = _DOCUMENT.read_text()
    modules = _MODULES.read_text()
    for module in ("github.com/grpc-ecosystem/grpc-gateway/v2", "google.golang.org/protobuf"):
        version = re.search(rf"{re.escape(module)} v(\S+)", modules)
        assert version is not None
        assert f"{module} {version[1]}" in text
