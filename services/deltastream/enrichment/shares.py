"""Who should enrich what: products dealt out to replicas like cards."""

from collections.abc import Collection


def share_of(member: str, members: Collection[str], products: Collection[str]) -> list[str]:
    """Return the products that are a member's when all begin anew; empty if it is no member.

    All replicas see the same members and products and deal alike, so the shares are disjoint, are
    everything together, and differ in size by one at most.
    """
    seats = sorted(members)
    if member not in seats:
        return []
    return sorted(products)[seats.index(member) :: len(seats)]
