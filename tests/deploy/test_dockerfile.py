"""The Dockerfile builds a small, locked image that runs as nobody."""

import importlib.util
import json
import re

import pytest
from tests.deploy.deployment_files import DATA_DIRECTORY, ROOT, chart_values

Instruction = tuple[str, str]


def _instructions() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    without_comments = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    lines = without_comments.replace("\\\n", " ").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return [(keyword, " ".join(rest.split())) for keyword, rest in pairs]


def _stages() -> list[list[Instruction]]:
    stages: list[list[Instruction]] = []
    for instruction in _instructions():
        if instruction[0] == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(instruction)
    return stages


SHIPPED = _stages()[-1]


def _shipped(keyword: str) -> list[str]:
    return [rest for found, rest in SHIPPED if found == keyword]


def test_the_last_stage_is_the_one_that_is_shipped() -> None:
    assert _shipped("FROM") == ["${PYTHON_IMAGE} AS runtime"]


def test_every_base_image_has_a_version() -> None:
    images = [rest for keyword, rest in _instructions() if keyword == "ARG"]
    assert len(images) == 2
    for image in images:
        assert re.fullmatch(r"(NODE|PYTHON)_IMAGE=\w+:\d[\w.-]+", image)
    stages = {rest.split()[2] for keyword, rest in _instructions() if keyword == "FROM"}
    for keyword, rest in _instructions():
        if keyword == "FROM":
            assert rest.split()[0] in {"${NODE_IMAGE}", "${PYTHON_IMAGE}", *stages}


def test_it_runs_as_a_numbered_user_that_is_not_root() -> None:
    assert _shipped("USER") == ["10001:10001"]
    security = chart_values()["podSecurityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == (10001, 10001)


def test_the_role_is_the_command() -> None:
    assert _shipped("ENTRYPOINT") == ['["deltastream"]']
    assert _shipped("STOPSIGNAL") == ["SIGTERM"]


def test_its_health_check_is_a_module_of_ours() -> None:
    (check,) = _shipped("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-m"]
    assert importlib.util.find_spec(command[2]) is not None


def test_blas_has_one_thread_and_data_has_its_place() -> None:
    (environment,) = _shipped("ENV")
    assert "OPENBLAS_NUM_THREADS=1" in environment
    assert f"DELTASTREAM_DATA_DIR={DATA_DIRECTORY}" in environment


def test_what_is_shipped_has_neither_build_tools_nor_an_installer() -> None:
    (run,) = _shipped("RUN")
    assert "pip uninstall" in run
    assert "install --require-hashes" not in run
    assert "apt-get" not in run
    assert [copy for copy in _shipped("COPY") if "--from=build" not in copy] == []


def test_dependencies_are_installed_by_their_hashes() -> None:
    runs = " && ".join(rest for stage in _stages() for keyword, rest in stage if keyword == "RUN")
    for lock in ("requirements.lock", "requirements-build.lock"):
        assert re.search(rf"--require-hashes --requirement {re.escape(lock)}( |$)", runs)
    assert re.search(r"install --no-deps --no-index /wheels/", runs)


def _copied_from_the_tree() -> list[str]:
    copies = [rest.split() for keyword, rest in _instructions() if keyword == "COPY"]
    return [path for copy in copies if not copy[0].startswith("--") for path in copy[:-1]]


@pytest.mark.parametrize("path", _copied_from_the_tree())
def test_what_is_copied_exists_and_is_let_in(path: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    assert (ROOT / path).exists()
    assert any(path == entry or path.startswith(f"{entry}/") for entry in allowed)
