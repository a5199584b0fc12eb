"""Whether what was printed is what storage holds: all of it, once, in order."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from tests.examples.chain_line import ChainLine
from tests.examples.example_mesh import StoredChain


def check_complete(printed: Sequence[ChainLine], stored: Sequence[StoredChain]) -> None:
    """Compare the lines of one LOSSLESS stream, over all its connections, with storage.

    A stream begins with the newest chain of each expiry: from there on nothing is missing.
    """
    assert printed
    for key, lines in _by_expiry(printed).items():
        first, last = lines[0].nanoseconds, lines[-1].nanoseconds
        kept = _by_expiry(chain.line for chain in stored).get(key, [])
        due = [line for line in kept if first <= line.nanoseconds <= last]
        assert lines == due, _difference(lines, due)
    sequences = {chain.line: chain.sequence for chain in stored}
    for product in {line.product for line in printed}:
        found = [sequences[line] for line in printed if line.product == product]
        assert all(before < after for before, after in pairwise(found)), f"{product} went back"


def _difference(lines: Sequence[ChainLine], due: Sequence[ChainLine]) -> str:
    missing = [line for line in due if line not in lines]
    wrong = [line for line in lines if line not in due]
    again = len(lines) - len(set(lines))
    return f"missing: {missing}; not in storage: {wrong}; printed again: {again}"


def _by_expiry(lines: Iterable[ChainLine]) -> dict[tuple[str, str], list[ChainLine]]:
    """Group lines, keeping their order."""

    def key(line: ChainLine) -> tuple[str, str]:
        return line.product, line.expiry

    return {each: list(group) for each, group in groupby(sorted(lines, key=key), key=key)}
