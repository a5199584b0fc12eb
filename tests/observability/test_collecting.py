"""Logs and traces are sent to where somebody takes them, and found where they are."""

import re
from itertools import chain

from tests.observability.observability_files import FOLDER, dashboards, read_yaml

ALLOY = (FOLDER / "alloy" / "config.alloy").read_text(encoding="utf-8")
COLLECTOR = read_yaml(FOLDER / "collector" / "collector.yml")
LOKI = read_yaml(FOLDER / "loki" / "loki.yml")
TEMPO = read_yaml(FOLDER / "tempo" / "tempo.yml")
SOURCES = read_yaml(FOLDER / "grafana" / "provisioning" / "datasources" / "datasources.yml")


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def test_the_collector_uses_what_it_defines() -> None:
    service = COLLECTOR["service"]
    assert set(service["extensions"]) == set(COLLECTOR["extensions"])
    for kind in ("receivers", "processors", "exporters"):
        used = chain.from_iterable(each[kind] for each in service["pipelines"].values())
        assert set(used) == set(COLLECTOR[kind])


def test_the_collector_refuses_before_it_keeps_anything() -> None:
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"


def test_traces_go_to_where_tempo_takes_them() -> None:
    taken = TEMPO["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    (exporter,) = COLLECTOR["exporters"].values()
    assert exporter["endpoint"] == f"tempo:{_port(taken)}"


def test_logs_go_to_where_loki_takes_them() -> None:
    port = LOKI["server"]["http_listen_port"]
    assert f'url = "http://loki:{port}/loki/api/v1/push"' in ALLOY


def test_each_part_of_alloy_hands_on_to_one_that_exists() -> None:
    defined = {
        f"{kind}.{name}" for kind, name in re.findall(r'^([\w.]+) "(\w+)" {', ALLOY, re.MULTILINE)
    }
    used = set(re.findall(r"= \[?([a-z]\w*(?:\.\w+)+)\.(?:targets|output|receiver)", ALLOY))
    assert defined == used | {"loki.source.docker.mesh"}


def test_of_a_log_line_only_what_has_few_values_is_a_label() -> None:
    blocks = dict(
        re.findall(r"(stage\.\w+) {\n\s+(?:expressions|values)\s+= (.+?)\n  }", ALLOY, re.DOTALL)
    )
    assert re.findall(r"(\w+) = ", blocks["stage.labels"]) == ["level"]
    assert re.findall(r"(\w+) = ", blocks["stage.structured_metadata"]) == ["trace_id", "span_id"]
    assert re.findall(r'"(\w+)"', blocks["stage.label_keep"]) == ["service", "level"]
    assert LOKI["limits_config"]["allow_structured_metadata"] is True


def test_grafana_asks_where_the_others_answer() -> None:
    urls = {each["uid"]: each["url"] for each in SOURCES["datasources"]}
    assert _port(urls["loki"]) == LOKI["server"]["http_listen_port"]
    assert _port(urls["tempo"]) == TEMPO["server"]["http_listen_port"]


def test_dashboards_begin_with_sources_that_exist() -> None:
    known = {each["uid"]: each["type"] for each in SOURCES["datasources"]}
    for dashboard in dashboards().values():
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "datasource":
                assert known[variable["current"]["value"]] == variable["query"]


def test_a_line_leads_to_its_trace_and_a_trace_to_its_lines() -> None:
    by_name = {each["uid"]: each["jsonData"] for each in SOURCES["datasources"]}
    (trace,) = by_name["loki"]["derivedFields"]
    assert (trace["matcherRegex"], trace["datasourceUid"]) == ("trace_id", "tempo")
    logs = by_name["tempo"]["tracesToLogsV2"]
    assert logs["datasourceUid"] == "loki"
    assert logs["tags"] == [{"key": "service.name", "value": "service"}]
