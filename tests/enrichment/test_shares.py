"""How products are dealt out to replicas."""

from hypothesis import given
from hypothesis import strategies as st

from deltastream.enrichment.shares import share_of

NAMES = st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=8)


@given(members=NAMES.filter(bool), products=NAMES)
def test_shares_are_fair_disjoint_and_everything_together(
    members: set[str], products: set[str]
) -> None:
    shares = [share_of(member, members, products) for member in members]
    assert sorted(product for share in shares for product in share) == sorted(products)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_the_first_replicas_by_name_have_one_more() -> None:
    products = ["E", "D", "C", "B", "A"]
    assert share_of("one", ["two", "one"], products) == ["A", "C", "E"]
    assert share_of("two", ["two", "one"], products) == ["B", "D"]


def test_who_is_no_member_has_no_share() -> None:
    assert share_of("three", ["one", "two"], ["A"]) == []
    assert share_of("one", [], ["A"]) == []
