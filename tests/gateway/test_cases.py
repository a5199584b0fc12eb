"""Requests and answers that somebody thought of show just the differences they are there for."""

import pytest
from tests.gateway.answered_cases import (
    ANSWERED_CASES,
    BARE_FAILURES,
    INTERNALS,
    RETRYABLE_FAILURES,
)
from tests.gateway.both_sides import BothSides, Exchange
from tests.gateway.case import Case
from tests.gateway.cases import CASES
from tests.gateway.verdict import wanted_in
from tests.gateway.wanted_differences import INCIDENTAL

pytestmark = pytest.mark.asyncio(loop_scope="session")
_BARE_STATUSES = {1: 503, 2: 500, 4: 504, 8: 429, 12: 501, 13: 500, 14: 503, 15: 500}


async def exchange_of(case: Case, sides: BothSides) -> Exchange:
    sides.script.answer(*case.frames, failure=case.failure)
    return await sides.ask(case.request)


@pytest.mark.parametrize("case", [*CASES, *ANSWERED_CASES], ids=lambda case: case.name)
async def test_just_these_differences_are_shown(sides: BothSides, case: Case) -> None:
    shown = wanted_in(await exchange_of(case, sides))
    assert shown - (INCIDENTAL - case.differs) == case.differs


@pytest.mark.parametrize("case", BARE_FAILURES, ids=lambda case: case.name)
async def test_a_failure_of_grpc_itself_is_told_without_internals(
    sides: BothSides, case: Case
) -> None:
    exchange = await exchange_of(case, sides)
    assert case.failure is not None
    assert exchange.edge.status == _BARE_STATUSES[case.failure.code.value[0]]
    assert INTERNALS.encode() not in exchange.edge.body
    assert INTERNALS.encode() in exchange.gateway.body


@pytest.mark.parametrize("case", RETRYABLE_FAILURES, ids=lambda case: case.name)
async def test_advice_when_to_try_again_is_added(sides: BothSides, case: Case) -> None:
    exchange = await exchange_of(case, sides)
    assert exchange.edge.headers["Retry-After"] == "1"
    assert "Retry-After" not in exchange.gateway.headers
