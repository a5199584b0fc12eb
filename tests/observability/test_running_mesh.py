"""A real Prometheus watches a real mesh: every query of every dashboard and rule is asked of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from tests.fixtures.eventually import eventually
from tests.observability.built_tools import asked_for, needs_tools
from tests.observability.busy_mesh import SCRAPE_SECONDS, busy_mesh, watching
from tests.observability.observability_files import (
    PanelQuery,
    alerts,
    metric_queries,
    rules,
    without_variables,
)
from tests.observability.started import Started

from deltastream.runtime.roles import ROLES
from deltastream.runtime.telemetry.names import METRICS

pytestmark = [
    needs_tools,
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]

WATCHED_SECONDS: Final = 20
"""Longer than the ten seconds over which rates are taken, in which every user has come by twice."""

QUIET: Final = {
    "delivery: Enrichment: Tried again": "nothing was away",
    "delivery: Streams: Conflated": "nobody was slow",
    "edge: Socket.IO: Conflated": "nobody was slow",
    "edge: Requests: Failing requests": "none has failed",
}
"""Panels that have nothing to show of a mesh that is well."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prometheus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Started]:
    """A Prometheus that has watched a mesh in use for some time."""
    assert asked_for
    folder = tmp_path_factory.mktemp("watched")
    async with busy_mesh(folder) as mesh, watching(mesh, folder) as prometheus:
        await eventually(lambda: _watched(prometheus), bool, seconds=120)
        yield prometheus


async def _watched(prometheus: Started) -> bool:
    """Say whether every role has been seen for long enough."""
    await asyncio.sleep(SCRAPE_SECONDS)
    oldest = f'time() - min_over_time(timestamp(up{{job="deltastream"}})[5m:{SCRAPE_SECONDS}s])'
    found = await _asked(prometheus, oldest)
    return len(found) == len(ROLES) and all(
        float(each["value"][1]) > WATCHED_SECONDS for each in found
    )


async def _asked(prometheus: Started, expression: str) -> list[dict[str, Any]]:
    """Ask for the present values of an expression.

    Raises:
        ValueError: Prometheus cannot evaluate it; the text says why.
    """
    answer = await prometheus.get("/api/v1/query", query=expression)
    if answer["status"] != "success" or answer.get("warnings") or answer.get("infos"):
        raise ValueError(str({**answer, "data": None}))
    result = answer["data"]["result"]
    return result if isinstance(result, list) else [result]


async def test_every_role_is_scraped(prometheus: Started) -> None:
    found = await prometheus.get("/api/v1/targets")
    mesh = [each for each in found["data"]["activeTargets"] if each["scrapePool"] == "deltastream"]
    assert {each["labels"]["role"] for each in mesh} == {role.name for role in ROLES}
    assert {each["health"] for each in mesh} == {"up"}, [each["lastError"] for each in mesh]


@pytest.mark.parametrize("query", metric_queries(), ids=str)
async def test_a_panels_query_is_answered(prometheus: Started, query: PanelQuery) -> None:
    found = await _asked(prometheus, without_variables(query.expression))
    numbers = [each for each in found if each["value"][1] != "NaN"]
    if str(query) not in QUIET:
        assert numbers, query.expression


@pytest.mark.parametrize("query", metric_queries(), ids=str)
async def test_a_panels_query_is_answered_over_time(prometheus: Started, query: PanelQuery) -> None:
    now = time.time()
    answer = await prometheus.get(
        "/api/v1/query_range",
        query=without_variables(query.expression),
        start=str(now - 60),
        end=str(now),
        step="5",
    )
    assert answer["status"] == "success", answer
    assert not answer.get("warnings")


async def test_every_rule_is_evaluated(prometheus: Started) -> None:
    found = await prometheus.get("/api/v1/rules")
    evaluated = [rule for group in found["data"]["groups"] for rule in group["rules"]]
    assert len(evaluated) == len(rules())
    failed = {each["name"]: each.get("lastError") for each in evaluated if each["health"] != "ok"}
    assert failed == {}


async def test_of_a_mesh_that_is_well_only_the_watchdog_is_heard(prometheus: Started) -> None:
    found = await prometheus.get("/api/v1/alerts")
    heard = {
        each["labels"]["alertname"] for each in found["data"]["alerts"] if each["state"] == "firing"
    }
    # Half of the sign-ins here are wrong, on purpose.
    assert heard - {"DeltaStreamSignInsFail"} == {"DeltaStreamWatchdog"}
    assert heard < {alert.name for alert in alerts()}


async def test_every_metric_that_is_scraped_stands_in_the_table(prometheus: Started) -> None:
    answer = await prometheus.get("/api/v1/label/__name__/values")
    recorded = {rule.name for rule in rules()}
    scraped = {
        name for name in answer["data"] if name.startswith("deltastream_") and name not in recorded
    }
    endings = ("", "_bucket", "_sum", "_count")
    assert scraped <= {f"{metric.name}{ending}" for metric in METRICS for ending in endings}


async def test_a_query_that_cannot_be_evaluated_would_be_noticed(prometheus: Started) -> None:
    with pytest.raises(ValueError, match="bad_data"):
        await _asked(prometheus, "rate(deltastream_ready)")
    assert await _asked(prometheus, "deltastream_no_such_metric") == []
