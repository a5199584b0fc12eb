"""What every example does, whatever it is written in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.examples.completeness import check_complete
from tests.examples.example_mesh import PRODUCTS, ExampleMesh
from tests.examples.programs import Program
from tests.examples.running_program import Ended, run_to_end, running
from tests.examples.troubles import TROUBLES, Survivor
from tests.fixtures.free_port import free_port

# The first test of all also waits for the mesh; the first about trouble, for all troubles.
pytestmark = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(480),
]
NOBODY: Final[Mapping[str, str]] = {}


def check_refused(ended: Ended, reason: str) -> None:
    assert ended.said.output == []
    assert ended.said.diagnostics[0].startswith(f"{reason}: ")
    assert len(ended.said.diagnostics) == 1
    assert ended.status == 1


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_it_explains_itself(program: Program) -> None:
    ended = await run_to_end(program, "--help", credentials=NOBODY)

    said = "\n".join([*ended.said.output, *ended.said.diagnostics])
    assert ended.status == 0
    for option in ("-address", "-count", "-bookmark", "PRODUCT", "DELTASTREAM_PASSWORD"):
        assert option in said


async def test_what_it_does_not_understand_is_a_wrong_command_line(program: Program) -> None:
    ended = await run_to_end(program, "--colour", "red", credentials=NOBODY)

    assert ended.status == 2
    assert "colour" in "\n".join(ended.said.diagnostics)


async def test_it_logs_in_lists_products_and_prints_their_chains(
    program: Program, mesh: ExampleMesh
) -> None:
    ended = await run_to_end(
        program, "--address", mesh.address, "--count", "20", credentials=mesh.login
    )

    assert ended.status == 0
    assert ended.said.products == list(PRODUCTS) == await mesh.products()
    assert ended.said.output[: len(PRODUCTS)] == [f"product {product}" for product in PRODUCTS]
    chains = ended.said.chains
    assert len(chains) >= 20
    assert {chain.product for chain in chains} == set(PRODUCTS)
    check_complete(chains, await mesh.stored(chains))


async def test_an_api_key_does_for_a_login_and_a_product_for_all(
    program: Program, mesh: ExampleMesh
) -> None:
    key = {"DELTASTREAM_API_KEY": mesh.api_key}
    ended = await run_to_end(
        program, "--address", mesh.address, "--count", "4", "NIFTY", credentials=key
    )

    assert ended.status == 0
    assert {chain.product for chain in ended.said.chains} == {"NIFTY"}


async def test_with_an_api_key_it_goes_on_after_the_token_that_the_mesh_got_for_it(
    program: Program, mesh: ExampleMesh
) -> None:
    key = {"DELTASTREAM_API_KEY": mesh.api_key}
    async with running(program, "--address", mesh.address, credentials=key) as run:
        assert await run.until_said(0)
        assert await run.until_printed(10), run.diagnostics

    assert "TOKEN_EXPIRED" in run.diagnostics[0]
    check_complete(run.chains, await mesh.stored(run.chains))


async def test_a_second_run_goes_on_exactly_after_the_first(
    program: Program, mesh: ExampleMesh, tmp_path: Path
) -> None:
    bookmark = tmp_path / "bookmark"
    arguments = ("--address", mesh.address, "--count", "10", "--bookmark", str(bookmark))
    first = await run_to_end(program, *arguments, credentials=mesh.login)
    second = await run_to_end(program, *arguments, credentials=mesh.login)

    assert (first.status, second.status) == (0, 0)
    assert names_in(tmp_path) == [bookmark.name]
    chains = [*first.said.chains, *second.said.chains]
    check_complete(chains, await mesh.stored(chains))


async def test_a_wrong_password_is_said_and_not_tried_again(
    program: Program, mesh: ExampleMesh
) -> None:
    wrong = {**mesh.login, "DELTASTREAM_PASSWORD": "not this one"}
    ended = await run_to_end(program, "--address", mesh.address, credentials=wrong)

    check_refused(ended, "CREDENTIALS_INVALID")


async def test_nobody_is_told_what_a_mesh_wants_that_demands_a_token(
    program: Program, mesh: ExampleMesh
) -> None:
    ended = await run_to_end(program, "--address", mesh.address, credentials=NOBODY)

    check_refused(ended, "CREDENTIALS_MISSING")


async def test_a_request_that_breaks_a_rule_is_not_tried_again(
    program: Program, mesh: ExampleMesh
) -> None:
    ended = await run_to_end(program, "--address", mesh.address, "nifty!", credentials=mesh.login)

    ended.said.output[:] = [line for line in ended.said.output if "product" not in line]
    check_refused(ended, "VALIDATION_FAILED")


async def test_a_mesh_that_is_not_there_is_said_at_once(program: Program) -> None:
    ended = await run_to_end(program, "--address", f"localhost:{free_port()}", credentials=NOBODY)

    assert ended.status == 1
    assert len(ended.said.diagnostics) == 1


@pytest.mark.parametrize("trouble", ["nothing has happened", *TROUBLES])
async def test_it_goes_on_after(
    program: Program, survivors: Mapping[str, Survivor], trouble: str
) -> None:
    survivor = survivors[program.name]

    assert survivor.went_on[trouble], survivor.run.diagnostics


async def test_it_notices_that_nothing_comes_any_more(
    program: Program, survivors: Mapping[str, Survivor]
) -> None:
    survivor = survivors[program.name]

    assert survivor.noticed["nothing comes through"], survivor.run.diagnostics


async def test_whatever_happens_every_chain_is_printed_once_and_in_order(
    program: Program, mesh: ExampleMesh, survivors: Mapping[str, Survivor]
) -> None:
    run = survivors[program.name].run

    check_complete(run.chains, await mesh.stored(run.chains))
    assert [said for said in run.diagnostics if "missing" in said] == []
