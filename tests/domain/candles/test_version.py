"""Which version of a candle comes next."""

import pytest

from deltastream.domain.candles.version import Version, next_version


def provisional(count: int, *, revision: int = 0) -> Version:
    return Version(revision=revision, final=False, count=count)


def final(count: int, *, revision: int = 0) -> Version:
    return Version(revision=revision, final=True, count=count)


@pytest.mark.parametrize(
    ("told", "count", "over", "following"),
    [
        (None, 1, False, provisional(1)),
        (None, 1, True, final(1)),
        (provisional(1), 1, False, None),
        (provisional(1), 2, False, provisional(2)),
        (provisional(2), 1, False, None),
        (provisional(1), 1, True, final(1)),
        (provisional(1, revision=2), 2, True, final(2, revision=2)),
        (final(2), 2, True, None),
        (final(2), 1, False, None),
        (final(2), 3, True, final(3, revision=1)),
        # Never provisional again, although silence alone had settled it.
        (final(2, revision=1), 3, False, final(3, revision=2)),
    ],
)
def test_the_next_version_of_a_candle(
    told: Version | None, count: int, *, over: bool, following: Version | None
) -> None:
    assert next_version(told, count=count, over=over) == following
