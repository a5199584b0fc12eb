"""Looks at boards: what falls due together is looked at together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deltastream.domain.events import Legs, MarketEvent, UnderlyingTick
from deltastream.domain.synthetic.board import Board
from deltastream.domain.synthetic.valuation import value_options

_MOST_TOGETHER: Final = 32
"""More would leave the processor's cache, and nothing is gained."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A look at a board that has fallen due.

    Attributes:
        board: what to look at.
        at: the instant.
        spot: price of the underlying then.
        report: says what the shown calls and puts are.
    """

    board: Board
    at: int
    spot: float
    report: Callable[[Legs, Legs], Sequence[MarketEvent]]


Due = UnderlyingTick | Look
"""What a product has to say, as far as it is known at once."""


def said_of(due: Sequence[Due]) -> list[MarketEvent]:
    """Take the looks, those at one board in their order, and put what they say in their places."""
    reports = _reports([one for one in due if isinstance(one, Look)])
    events: list[MarketEvent] = []
    for one in due:
        if isinstance(one, Look):
            events += next(reports)
        else:
            events.append(one)
    return events


def _reports(looks: Sequence[Look]) -> Iterator[Iterable[MarketEvent]]:
    for start in range(0, len(looks), _MOST_TOGETHER):
        together = looks[start : start + _MOST_TOGETHER]
        valuations = value_options([one.board.terms(at=one.at, spot=one.spot) for one in together])
        for one, valuation in zip(together, valuations, strict=True):
            yield one.report(*one.board.look(at=one.at, spot=one.spot, valuation=valuation))
