"""How much of what is wrong with a request fits into the headers of its answer."""

import string
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final
from urllib.parse import quote

# What is wrong goes out three times: in the message, percent-encoded, and twice in the details, in
# base64. More than 8 KiB of headers may be refused by a gRPC client, who then learns nothing of it.
_MOST_BYTES: Final = 6000
_MOST_LETTERS: Final = 300
_PLAIN: Final = string.punctuation.replace("%", " ")
_TAG_BYTES: Final = 8


def those_that_fit(violations: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the first violations, pairs of a field and a problem, of which very long ones are cut.

    The first is always among them.
    """
    found = [(field, _cut(problem)) for field, problem in violations]
    return tuple(found[: _how_many_fit(found)])


def _how_many_fit(violations: Sequence[tuple[str, str]]) -> int:
    ends = accumulate(_size_of(f"{field}: {problem}; ") for field, problem in violations)
    return max(1, sum(end <= _MOST_BYTES for end in ends))


def _size_of(text: str) -> float:
    """Return how many bytes of headers it takes to say a text."""
    return len(quote(text, safe=_PLAIN)) + (2 * len(text.encode()) + _TAG_BYTES) * 4 / 3


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
