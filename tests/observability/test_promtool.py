"""What Prometheus' own tool says of its configuration and its rules."""

from pathlib import Path

import pytest
from tests.observability.built_tools import needs_tools, run_tool
from tests.observability.observability_files import PROMETHEUS

pytestmark = needs_tools

UNIT_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus.local.yml"])
def test_the_configuration_is_one(name: str) -> None:
    assert "2 rule files found" in run_tool("promtool", "check", "config", PROMETHEUS / name)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_rules_are_rules_without_a_complaint(path: Path) -> None:
    said = run_tool("promtool", "check", "rules", "--lint=all", "--lint-fatal", path)
    assert "rules found" in said


@pytest.mark.parametrize("path", UNIT_TESTS, ids=lambda path: path.name)
def test_alerts_fire_when_they_should_and_not_else(path: Path) -> None:
    assert "SUCCESS" in run_tool("promtool", "test", "rules", path)


def test_an_alert_that_does_not_fire_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    for path in RULES:
        dull = path.read_text(encoding="utf-8").replace("dependency_up) == 0", "dependency_up) < 0")
        (tmp_path / "rules" / path.name).write_text(dull, encoding="utf-8")
    copy = tmp_path / "tests" / "roles.yml"
    copy.write_text((PROMETHEUS / "tests" / "roles.yml").read_text(encoding="utf-8"))
    with pytest.raises(AssertionError, match="DeltaStreamDependencyDown"):
        run_tool("promtool", "test", "rules", copy)
