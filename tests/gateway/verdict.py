"""What the differences between two answers come to."""

from tests.gateway.both_sides import Exchange
from tests.gateway.comparison import differences
from tests.gateway.wanted_differences import explained_by


def wanted_in(exchange: Exchange) -> frozenset[str]:
    """Return the names of the wanted differences that two answers show.

    Raises:
        AssertionError: they also differ in what nobody wanted.
    """
    names, unwanted = set(), []
    for difference in differences(exchange):
        name = explained_by(difference, exchange)
        if name is None:
            unwanted.append(
                f"{difference.where}: edge {difference.edge!r}, gateway {difference.gateway!r}"
            )
        else:
            names.add(name)
    assert not unwanted, _report(exchange, unwanted)
    return frozenset(names)


def _report(exchange: Exchange, unwanted: list[str]) -> str:
    request = exchange.request
    return "\n".join(
        (
            f"{request.method} {request.target} {request.body!r}",
            *unwanted,
            f"edge:    {exchange.edge.status} {exchange.edge.body[:500]!r}",
            f"gateway: {exchange.gateway.status} {exchange.gateway.body[:500]!r}",
        )
    )
