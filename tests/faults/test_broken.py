"""The builds that are broken on purpose are what they say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.guarantees import WITHOUT
from tests.faults.broken.apply import BrokenTree, Change, Mutation, StaleMutationError, copied_tree
from tests.faults.broken.mutations import CHOKES_ON_POISON, MUTATIONS, mutation_named
from tests.faults.cases.every import CASES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tree() -> Iterator[BrokenTree]:
    with copied_tree(ROOT) as tree:
        yield tree


@pytest.mark.parametrize(
    "mutation", [*MUTATIONS, CHOKES_ON_POISON, *WITHOUT], ids=lambda each: each.name
)
def test_a_mutation_still_fits_the_sources_and_leaves_python(
    mutation: Mutation, tree: BrokenTree
) -> None:
    tree.apply(mutation)
    try:
        for change in mutation.changes:
            compile((tree.folder / change.file).read_text(), change.file, "exec")
    finally:
        tree.mend(mutation)


def test_every_case_has_a_broken_build_and_every_mutation_a_case() -> None:
    assert all(case.broken for case in CASES)
    used = {name for case in CASES for name in case.broken}
    assert used == {mutation.name for mutation in MUTATIONS}
    assert all(mutation_named(name).mistake for name in used)


def test_a_copy_is_spoiled_and_mended_and_the_origin_never_touched(tree: BrokenTree) -> None:
    (change,) = CHOKES_ON_POISON.changes
    before = (ROOT / change.file).read_text()
    tree.apply(CHOKES_ON_POISON)
    assert (tree.folder / change.file).read_text() == change.applied(ROOT) != before
    tree.mend(CHOKES_ON_POISON)
    assert (tree.folder / change.file).read_text() == before
    assert (tree.folder / "gen/python/deltastream").is_dir()
    assert (ROOT / change.file).read_text() == before


@pytest.mark.parametrize("text", ["", "x = 1\nx = 1\n"])
def test_a_text_that_is_not_there_exactly_once_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "one.py").write_text(text)
    with pytest.raises(StaleMutationError):
        Change(file="one.py", before="x = 1\n", after="x = 2\n").applied(tmp_path)
