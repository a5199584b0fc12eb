"""The Dockerfile builds a small, locked image that runs as nobody."""

import importlib.util
import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.deploy.deployment_files import DATA_DIRECTORY, ROOT, chart_values
from tests.deploy.dockerfile import instructions, stages

STAGES = stages()
SHIPPED = STAGES["runtime"]
LINTER = ROOT / ".tools" / "bin" / "dockerfile-linter"


def test_the_last_stage_is_the_one_that_is_shipped() -> None:
    assert next(reversed(STAGES)) == "runtime"


def test_it_is_made_from_nothing_but_the_tree_that_was_put_together() -> None:
    assert SHIPPED.base == "scratch"
    assert SHIPPED.all("COPY") == ["--from=tree /tree /"]
    assert SHIPPED.all("RUN") == []


def test_every_base_image_has_a_version() -> None:
    images = [each.rest for each in instructions() if each.keyword == "ARG"]
    assert len(images) == 2
    for image in images:
        assert re.fullmatch(r"(NODE|PYTHON)_IMAGE=\w+:\d[\w.-]+", image)
    for stage in STAGES.values():
        assert stage.base in {"${NODE_IMAGE}", "${PYTHON_IMAGE}", "scratch", *STAGES}


def test_it_runs_as_a_numbered_user_that_is_not_root() -> None:
    assert SHIPPED.all("USER") == ["10001:10001"]
    security = chart_values()["podSecurityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == (10001, 10001)


def test_the_role_is_the_command() -> None:
    assert SHIPPED.all("ENTRYPOINT") == ['["deltastream"]']
    assert SHIPPED.all("STOPSIGNAL") == ["SIGTERM"]


def test_its_health_check_is_a_module_of_ours() -> None:
    (check,) = SHIPPED.all("HEALTHCHECK")
    # As a list: there is no shell.
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-m"]
    assert importlib.util.find_spec(command[2]) is not None


def test_blas_has_one_thread_and_data_has_its_place() -> None:
    assert SHIPPED.environment["OPENBLAS_NUM_THREADS"] == "1"
    assert SHIPPED.environment["DELTASTREAM_DATA_DIR"] == DATA_DIRECTORY
    assert SHIPPED.all("WORKDIR") == [DATA_DIRECTORY]


def test_dependencies_are_installed_by_their_hashes() -> None:
    runs = " && ".join(rest for stage in STAGES.values() for rest in stage.all("RUN"))
    for lock in ("requirements.lock", "requirements-build.lock"):
        assert re.search(rf"--require-hashes --requirement {re.escape(lock)}( |$)", runs)
    assert re.search(r"install --no-deps --no-index /wheels/", runs)


def test_the_finished_tree_is_imported_by_nothing_but_what_is_in_it() -> None:
    last = STAGES["tree"].all("RUN")[-1]
    assert "chroot /tree /opt/deltastream/bin/python /tmp/compile_imported.py" in last


def _copied_from_the_tree() -> list[str]:
    copies = [each.rest.split() for each in instructions() if each.keyword == "COPY"]
    return [path for copy in copies if not copy[0].startswith("--") for path in copy[:-1]]


@pytest.mark.parametrize("path", _copied_from_the_tree())
def test_what_is_copied_exists_and_is_let_in(path: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    assert (ROOT / path).exists()
    assert any(path == entry or path.startswith(f"{entry}/") for entry in allowed)


def _lint(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    if not LINTER.exists():
        pytest.skip("`make test-image` builds the linter")
    return subprocess.run(  # noqa: S603 - a program of ours
        [LINTER, dockerfile], capture_output=True, text=True, timeout=30, check=False
    )


def test_buildkit_has_nothing_to_say_of_it() -> None:
    answer = _lint(ROOT / "Dockerfile")
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("ENV TOKEN=hunter2", "SecretsUsedInArgOrEnv"),
        ("CMD deltastream feed", "JSONArgsRecommended"),
        ("COPY --from=nowhere /x $UNKNOWN", "UndefinedVar"),
    ],
)
def test_buildkit_would_have_something_to_say(tmp_path: Path, line: str, rule: str) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM debian:12\n{line}\n", encoding="utf-8")
    answer = _lint(dockerfile)
    assert answer.returncode == 1
    assert f"Dockerfile:2: {rule}: " in answer.stdout
