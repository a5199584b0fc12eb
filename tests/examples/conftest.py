"""One mesh for all examples, and each example in turn."""

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio
from tests.examples.example_mesh import ExampleMesh, example_mesh
from tests.examples.programs import NOT_ASKED_FOR, PROGRAMS, Program
from tests.examples.troubles import Survivor, survivors_of_all


@pytest.fixture(scope="session", params=PROGRAMS, ids=lambda program: program.name)
def program(request: pytest.FixtureRequest) -> Program:
    """An example that was asked for, built."""
    found: Program = request.param
    if not found.asked_for:
        pytest.skip(NOT_ASKED_FOR)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ExampleMesh]:
    """A mesh that demands tokens."""
    async with example_mesh(tmp_path_factory.mktemp("examples") / "mesh") as up:
        yield up


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def survivors(mesh: ExampleMesh) -> Mapping[str, Survivor]:
    """All examples that were asked for, after everything has gone wrong for them at once."""
    return await survivors_of_all(mesh, [each for each in PROGRAMS if each.asked_for])
