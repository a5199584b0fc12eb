"""Alertmanager tells whom the environment names, of one cause once, and says what to do."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from tests.fixtures.eventually import eventually
from tests.fixtures.free_port import free_port
from tests.observability.built_tools import needs_tools, run_tool, tool
from tests.observability.observability_files import ALERTMANAGER, Document, alerts
from tests.observability.started import started

START = ALERTMANAGER / "start.sh"
MAIL = {"ALERT_EMAIL_TO": "nobody@example.org", "ALERT_SMTP": "mail.example.org:25"}


@dataclass(frozen=True)
class Given:
    """What start.sh is given."""

    secrets: Path
    made: Path

    def environment(self, **told: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "ALERT_SECRETS": str(self.secrets),
            "ALERT_CONFIGURATION": str(self.made),
            "ALERTMANAGER": "true",
            **told,
        }

    def start(self, **told: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - a script of ours
            [START],
            env=self.environment(**told),
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )

    def configuration(self, **told: str) -> Document:
        started = self.start(**told)
        assert started.returncode == 0, started.stderr
        configuration: Document = yaml.safe_load(self.made.read_text(encoding="utf-8"))
        return configuration


@pytest.fixture
def given(tmp_path: Path) -> Given:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    return Given(secrets=secrets, made=tmp_path / "made.yml")


def _slack(given: Given, url: str = "http://127.0.0.1:9/hook") -> None:
    (given.secrets / "slack_url").write_text(url)


def _told(configuration: Document, receiver: str) -> dict[str, Any]:
    (found,) = (each for each in configuration["receivers"] if each["name"] == receiver)
    return {name: value for name, value in found.items() if name != "name"}


def test_told_nothing_it_tells_nobody(given: Given) -> None:
    configuration = given.configuration()
    assert [_told(configuration, name) for name in ("morning", "night", "nobody")] == [{}, {}, {}]
    assert configuration["global"] == {"resolve_timeout": "5m"}


def test_mail_goes_where_the_environment_says(given: Given) -> None:
    configuration = given.configuration(**MAIL)
    for receiver in ("morning", "night"):
        (mail,) = _told(configuration, receiver)["email_configs"]
        assert mail["to"] == "nobody@example.org"
    assert configuration["global"]["smtp_smarthost"] == "mail.example.org:25"
    assert configuration["global"]["smtp_from"] == "nobody@example.org"
    assert "smtp_auth_username" not in configuration["global"]


def test_a_mail_server_is_signed_in_to_with_a_password_from_a_file(given: Given) -> None:
    told = given.configuration(
        **MAIL, ALERT_SMTP_USERNAME="mesh", ALERT_EMAIL_FROM="mesh@example.org"
    )["global"]
    assert told["smtp_auth_username"] == "mesh"
    assert told["smtp_auth_password_file"] == str(given.secrets / "smtp_password")
    assert told["smtp_from"] == "mesh@example.org"


def test_slack_is_told_where_its_webhook_says_or_in_a_channel(given: Given) -> None:
    _slack(given)
    (message,) = _told(given.configuration(), "night")["slack_configs"]
    assert message["api_url_file"] == str(given.secrets / "slack_url")
    assert "channel" not in message
    (message,) = _told(given.configuration(ALERT_SLACK_CHANNEL="#mesh"), "morning")["slack_configs"]
    assert message["channel"] == "#mesh"


def test_an_empty_secret_is_none(given: Given) -> None:
    _slack(given, "")
    assert _told(given.configuration(), "night") == {}


@pytest.mark.parametrize("name", ["ALERT_EMAIL_TO", "ALERT_SMTP", "ALERT_SLACK_CHANNEL"])
@pytest.mark.parametrize("value", ["a'b", "a|b", "a\nb", "a&b", "a b"])
def test_what_would_change_more_than_its_own_value_is_refused(
    given: Given, name: str, value: str
) -> None:
    started = given.start(**{**MAIL, name: value})
    assert started.returncode == 2
    assert value in started.stderr
    assert not given.made.exists()


def test_no_example_is_left(given: Given) -> None:
    _slack(given)
    made = given.configuration(**MAIL, ALERT_SMTP_USERNAME="mesh", ALERT_SLACK_CHANNEL="#mesh")
    assert "example.com" not in str(made)
    assert "deltastream-alerts" not in str(made)


def test_no_secret_stands_in_the_file() -> None:
    written = yaml.safe_load((ALERTMANAGER / "alertmanager.yml").read_text(encoding="utf-8"))
    named = [
        (name, value) for name, value in _every_value(written) if "url" in name or "auth" in name
    ]
    assert {name for name, _ in named} >= {"api_url_file", "smtp_auth_password_file"}
    for name, _ in named:
        assert name.endswith(("_file", "_username")), name


def _every_value(document: object) -> list[tuple[str, object]]:
    match document:
        case dict():
            return [
                pair
                for name, value in document.items()
                for pair in [(str(name), value), *_every_value(value)]
            ]
        case list():
            return [pair for value in document for pair in _every_value(value)]
    return []


@needs_tools
@pytest.mark.parametrize("mail", [{}, MAIL, {**MAIL, "ALERT_SMTP_USERNAME": "mesh"}])
@pytest.mark.parametrize("slack", [False, True])
def test_whatever_it_is_told_the_configuration_is_one(
    given: Given, mail: dict[str, str], *, slack: bool
) -> None:
    if slack:
        _slack(given)
    given.configuration(**mail)
    assert "SUCCESS" in run_tool("amtool", "check-config", given.made)


@needs_tools
@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_an_alert_goes_where_its_severity_says(alert: Any) -> None:
    labels = [f"{name}={value}" for name, value in alert.labels.items()]
    receiver = {"critical": "night", "warning": "morning", "none": "nobody"}
    said = run_tool(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={ALERTMANAGER / 'alertmanager.yml'}",
        *labels,
    )
    assert said.strip() == receiver[alert.labels["severity"]]


def _alert(name: str, **labels: str) -> Document:
    (rule,) = (each for each in alerts() if each.name == name)
    texts = {
        label: text.replace("{{ $labels.role }}", "storage")
        for label, text in rule.annotations.items()
    }
    return {"labels": {"alertname": name, **rule.labels, **labels}, "annotations": texts}


@asynccontextmanager
async def _webhook(received: "asyncio.Queue[Document]") -> AsyncIterator[str]:
    async def take(request: web.Request) -> web.Response:
        await received.put(await request.json())
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/hook", take)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        await runner.cleanup()


@needs_tools
@pytest.mark.timeout(90)
async def test_one_cause_is_told_once_with_what_to_do(given: Given, tmp_path: Path) -> None:
    received: asyncio.Queue[Document] = asyncio.Queue(maxsize=100)
    port = free_port()
    async with _webhook(received) as hook:
        _slack(given, hook)
        command = (
            START,
            f"--storage.path={tmp_path}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        )
        environment = given.environment(ALERTMANAGER=str(tool("alertmanager")))
        url, output = f"http://127.0.0.1:{port}", tmp_path / "alertmanager.out"
        async with started(
            *command, url=url, output=output, environment=environment
        ) as alertmanager:
            fired = [
                _alert("DeltaStreamRoleDown", role="storage"),
                _alert("DeltaStreamDependencyDown", role="enrichment", dependency="storage"),
                _alert("DeltaStreamDependencyDown", role="enrichment", dependency="bus"),
                _alert("DeltaStreamRoleNotReady", role="storage"),
                _alert("DeltaStreamReplicaDown", role="analytics"),
                _alert("DeltaStreamEventsLate", hop="stored", kind="chains"),
                _alert("DeltaStreamCalendarEnds", exchange="XNSE"),
            ]
            await alertmanager.post("/api/v2/alerts", fired)
            told = await _silenced_or_not(lambda: alertmanager.get("/api/v2/alerts"), len(fired))
            async with asyncio.timeout(40):
                message = await received.get()

    assert told["suppressed"] == {
        ("DeltaStreamDependencyDown", "storage"),
        ("DeltaStreamRoleNotReady", None),
        ("DeltaStreamEventsLate", None),
    }
    assert told["active"] == {
        ("DeltaStreamRoleDown", None),
        ("DeltaStreamReplicaDown", None),
        ("DeltaStreamDependencyDown", "bus"),
        ("DeltaStreamCalendarEnds", None),
    }
    (attachment,) = message["attachments"]
    assert attachment["title"] == "1 critical: storage is down"
    assert "storage has answered on its admin port" in attachment["text"]
    assert "docs/troubleshooting.md#role-down" in attachment["text"]


async def _silenced_or_not(read: Any, number: int) -> dict[str, set[tuple[str, str | None]]]:
    """Return the names and dependencies of alerts by their state, once all have one."""
    found = await eventually(
        read,
        lambda alerts: sum(each["status"]["state"] != "unprocessed" for each in alerts) == number,
        seconds=40,
    )
    told: dict[str, set[tuple[str, str | None]]] = {"active": set(), "suppressed": set()}
    for each in found:
        labels = each["labels"]
        told[each["status"]["state"]].add((labels["alertname"], labels.get("dependency")))
    return told
