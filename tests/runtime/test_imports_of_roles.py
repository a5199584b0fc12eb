"""What the processes of the mesh have in memory: nothing that they do not use."""

import subprocess
import sys
from collections.abc import Collection

import pytest
from tests.fixtures.running_mesh import environment

from deltastream.runtime.roles import ROLES

SECONDS = 30.0
# They are there for what libraries offer, and no role asks for.
UNASKED = ("numpy.f2py", "opentelemetry", "pygments", "requests", "rich", "unittest")
# Loaded with the first request that is checked.
NOT_YET_ASKED = ("protovalidate",)
# The first two are for edges that count together.
NOT_OF_THE_EDGE = ("limits", "redis", "numpy")
NOT_OF_THE_SUPERVISOR = (*NOT_YET_ASKED, *NOT_OF_THE_EDGE, "grpc", "importlib.metadata", "pydantic")


def imported_with(module: str, *, of: Collection[str]) -> set[str]:
    """Import a module in a process of its own, and return which of some others came with it."""
    code = f"import sys, {module}; print(*{{*sys.modules}} & {set(of)})"
    process = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        timeout=SECONDS,
        check=True,
        text=True,
    )
    return set(process.stdout.split())


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_a_role_imports_nothing_that_it_does_not_use(role: str) -> None:
    modules = (*UNASKED, *NOT_YET_ASKED, "structlog")
    assert imported_with(f"deltastream.{role}.__main__", of=modules) == {"structlog"}


def test_an_edge_that_is_alone_imports_neither_redis_nor_mathematics() -> None:
    assert imported_with("deltastream.edge.__main__", of=NOT_OF_THE_EDGE) == set()


def test_the_supervisor_imports_what_supervises() -> None:
    modules = (*UNASKED, *NOT_OF_THE_SUPERVISOR, "structlog")
    assert imported_with("deltastream.cli, deltastream.supervisor.up", of=modules) == {"structlog"}


def test_edges_that_count_together_have_redis_and_no_more() -> None:
    counting = "deltastream.edge.limits.shared as s; s.RedisCounter('redis://localhost:1')"
    assert imported_with(counting, of=(*UNASKED, "redis")) == {"redis"}
