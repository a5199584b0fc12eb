"""The dashboards are what their sources make, and explain themselves."""

from collections import Counter
from pathlib import Path

import pytest
from tests.observability.observability_files import (
    DASHBOARDS,
    Document,
    dashboards,
    panels,
)
from tools.dashboards.__main__ import files
from tools.dashboards.fields import Unit

NAMES = ["delivery", "edge", "market", "mesh-overview"]
each_dashboard = pytest.mark.parametrize("name", NAMES)


def test_the_files_are_what_their_sources_make() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in DASHBOARDS.iterdir()}
    assert there == files()
    assert sorted(Path(name).stem for name in there) == NAMES


@each_dashboard
def test_a_dashboard_and_its_panels_say_what_they_show(name: str) -> None:
    dashboard = dashboards()[name]
    assert dashboard["description"]
    for panel in panels(dashboard):
        assert panel["title"]
        assert panel["description"].endswith(".") or "`" in panel["description"]


@each_dashboard
def test_data_is_asked_for_where_a_person_chooses(name: str) -> None:
    dashboard = dashboards()[name]
    chosen = {
        f"${{{each['name']}}}": each["query"]
        for each in dashboard["templating"]["list"]
        if each["type"] == "datasource"
    }
    for panel in panels(dashboard):
        for asked in [panel, *panel["targets"]]:
            assert chosen[asked["datasource"]["uid"]] == asked["datasource"]["type"]


@each_dashboard
def test_every_value_has_a_unit(name: str) -> None:
    for panel in panels(dashboards()[name]):
        defaults = panel.get("fieldConfig", {}).get("defaults", {})
        match panel["type"]:
            case "stat" | "timeseries":
                assert defaults["unit"] in set(Unit)
            case "heatmap":
                assert panel["options"]["yAxis"]["unit"] in set(Unit)


@each_dashboard
def test_logs_and_traces_are_a_click_away(name: str) -> None:
    urls = [
        link["url"]
        for panel in panels(dashboards()[name])
        for link in panel.get("fieldConfig", {}).get("defaults", {}).get("links", [])
    ]
    assert any("${logs}" in url for url in urls)
    assert any("${traces}" in url for url in urls)
    assert not any(" " in url or '"' in url for url in urls)


@each_dashboard
def test_panels_have_numbers_of_their_own_and_do_not_overlap(name: str) -> None:
    everything = dashboards()[name]["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    taken = Counter(cell for panel in everything for cell in _cells(panel["gridPos"]))
    assert set(taken.values()) == {1}
    assert max(column for column, _ in taken) < 24


def _cells(place: Document) -> list[tuple[int, int]]:
    return [
        (place["x"] + across, place["y"] + down)
        for across in range(place["w"])
        for down in range(place["h"])
    ]


def test_each_dashboard_has_an_address_of_its_own() -> None:
    assert len({each["uid"] for each in dashboards().values()}) == len(NAMES)
