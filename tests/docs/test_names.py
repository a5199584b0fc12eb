"""What the documentation names, there is."""

import os
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import grpc
import pytest
from tests.docs.pages import DOCS, ROOT, inline_code, name_of, pages, shell_lines
from tools.reference.settings import all_settings

from deltastream.cli import main
from deltastream.edge.contract import SERVICES
from deltastream.edge.tables.catalogue import TABLES
from deltastream.edge.transcoder.http_rule import bindings_of
from deltastream.runtime.roles import ROLES, Role
from deltastream.runtime.settings import ENVIRONMENT_PREFIX
from deltastream.runtime.telemetry import names

VARIABLE = re.compile(rf"{ENVIRONMENT_PREFIX}[A-Z][A-Z_]*[A-Z]")
# Where others than the roles' settings read or set variables.
SOURCES = ("services", "edge/deltastream", "tools", "examples", "tests", "compose", "observability")
FILES = ("Makefile", "Dockerfile", "docker-compose.yml", "docker-compose.tls.yml", "Tiltfile")
NOT_OURS = frozenset({"node_modules", "target", "gen", "docs", "static", "__pycache__"})
READ = frozenset({".py", ".sh", ".yml", ".yaml", ".toml", ".go", ".rs", ".ts", ".java", ".md", ""})
METRIC = re.compile(r"\bdeltastream_[a-z_]+")
# Those of Prometheus and Alertmanager begin with a version.
ROUTE = re.compile(r"/(?:api(?!/v\d)|logs)\b[/\w{}:.-]*")
# Beside the routes of the contract.
FIXED = frozenset({"/api/docs", "/api/openapi.json", "/api/asyncapi.json"})
EVENTS = re.compile(r"^\| event \|.*\n\| --- .*\n((?:\|.*\n)+)", re.MULTILINE)


def the_pages() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages(), ids=name_of)


def source_files() -> Iterator[Path]:
    for source in SOURCES:
        for folder, folders, files in os.walk(ROOT / source):
            folders[:] = [name for name in folders if name not in NOT_OURS]
            every = (Path(folder, name) for name in files)
            yield from (path for path in every if path.suffix in READ)
    yield from (ROOT / name for name in FILES)


@pytest.fixture(scope="module")
def variables() -> frozenset[str]:
    found = {setting.variable for setting, _ in all_settings()}
    for role in ROLES:
        found |= {*role.listeners, role.admin_variable, role.address_variable}
        found |= {resource.url_variable for resource in role.resources}
    for path in source_files():
        found |= set(VARIABLE.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return frozenset(found)


@the_pages()
def test_every_variable_that_is_named_is_read_by_somebody(
    page: Path, variables: frozenset[str]
) -> None:
    named = set(VARIABLE.findall(page.read_text(encoding="utf-8")))
    assert named - variables == set()


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command line of ours in a page."""
    for line in (*shell_lines(page), *inline_code(page)):
        words = line.strip().removeprefix("sudo ")
        while re.match(r"[A-Z_]+=\S* ", words):
            words = words.split(" ", 1)[1]
        if re.match(r"(\.venv/bin/)?deltastream( |$)", words):
            split = shlex.split(words.replace("…", ""), comments=True)
            yield list(takewhile(lambda word: word not in {"|", ">", "&&"}, split))[1:]


@the_pages()
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    for words in commands(page):
        command, rest = resolved(words)
        options = {"-h", "--help", *(text for each in command.params for text in named(each))}
        given = {word.split("=")[0] for word in rest if word.startswith("-")}
        assert given <= options, f"{command.name}: {given - options}"


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words call, and the words behind its name."""
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        # ROLE stands for any of them.
        found = command.commands.get("auth" if name == "ROLE" else name)
        assert found is not None, f"{command.name} has no {name}"
        command = found
    return command, rest


def named(parameter: click.Parameter) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]


@the_pages()
def test_every_verb_of_make_that_is_named_exists(page: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = (*shell_lines(page), *inline_code(page))
    called = {match[1] for line in lines if (match := re.match(r"make ([a-z-]+)", line))}
    assert called - verbs == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_every_route_that_is_named_exists(page: Path) -> None:
    routes = FIXED | {"/api/tables", *(table.path for table in TABLES)}
    routes |= {
        re.sub(r"\{\w+\}", "*", binding.template)
        for service in SERVICES
        for binding in bindings_of(service)
    }
    shapes = [re.compile(re.escape(route).replace(r"\*", r"[^/?]+") + "$") for route in routes]
    code = (*shell_lines(page), *inline_code(page))
    asked = {
        match[0].rstrip(".")
        for line in code
        for match in ROUTE.finditer(line)
        if line.startswith(("/", "curl", "GET /", "POST /", "PUT /", "DELETE /"))
    }
    assert {path for path in asked if not any(shape.match(path) for shape in shapes)} == set()


@the_pages()
def test_every_metric_that_is_named_is_exposed(page: Path, variables: frozenset[str]) -> None:
    exposed = {metric.name for metric in names.METRICS}
    # Settings in files are called as their variables are, in small letters.
    known = exposed | {variable.lower() for variable in variables}
    told = {word for code in inline_code(page) for word in METRIC.findall(code)}
    parts = {re.sub("_(bucket|sum|count)$", "", name) for name in told}
    # A name that ends in an underscore stands for all that begin like that.
    unknown = {
        name
        for name in parts - known
        if not (name.endswith("_") and any(each.startswith(name) for each in exposed))
    }
    assert unknown == set()


@pytest.fixture(scope="module")
def sources() -> str:
    folders = (ROOT / "services/deltastream", ROOT / "edge/deltastream")
    every = (path for folder in folders for path in folder.rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in every)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_log_event_that_is_explained_is_logged(role: Role, sources: str) -> None:
    page = DOCS / "roles" / f"{role.name}.md"
    rows = "".join(EVENTS.findall(page.read_text(encoding="utf-8")))
    told = re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in rows.splitlines()))
    assert [event for event in told if f'"{event}"' not in sources] == []


def test_every_reason_of_an_error_is_explained_under_its_code() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| ([A-Z_]+) \| \d+ \|", page, re.MULTILINE)
    told = {reason: code for reasons, code in rows for reason in re.findall("[A-Z_]+", reasons)}
    assert told == codes_in_the_contract()


def codes_in_the_contract() -> dict[str, str]:
    """Return the gRPC code that the comment of each reason states."""
    contract = ROOT / "proto/deltastream/errors/v1/error_reason.proto"
    comments = re.findall(
        r"((?:^  //.*\n)+)^  ERROR_REASON_(\w+) = [1-9]",
        contract.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    codes = "|".join(code.name for code in grpc.StatusCode)
    return {reason: re.findall(rf"\b({codes})\b[.,]", comment)[0] for comment, reason in comments}
