"""Carries out the Dockerfile's own instructions in a bare Debian tree, without an engine."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.deploy.deployment_files import ROOT
from tests.deploy.dockerfile import Instruction, Stage, stages
from tests.image.debian import reach_registries
from tests.image.private_mounts import run_in_tree

_WEB: Final = "/src/edge/deltastream/edge/static"
_IGNORED: Final = shutil.ignore_patterns("node_modules", "__pycache__", ".*_cache", "static")
_BASE_PATH: Final = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


class UnknownInstructionError(Exception):
    """The Dockerfile has an instruction that this does not carry out; it must learn it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The trees of the images that the Dockerfile makes.

    Attributes:
        runtime: of what is shipped.
        dev: of what the Tiltfile runs.
    """

    runtime: Path
    dev: Path


def build_images(debian: Path, folder: Path) -> Images:
    """Build both images' trees in `folder`, by the stages that lead to them.

    The dashboard is the one that this checkout has built: its stage needs another base image.
    """
    every = stages()
    built = _copied(debian, folder / "build")
    reach_registries(built)
    environment = _carry_out(every["build"], built, {"PATH": _BASE_PATH})
    dev = _copied(built, folder / "dev")
    _carry_out(every["dev"], dev, environment)
    _carry_out(every["tree"], built, environment)
    return Images(runtime=_copied_from_tree(every["runtime"], built), dev=dev)


def _copied(tree: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    # Not copytree: there are devices in it, which have no end.
    subprocess.run(["cp", "--archive", tree, to], check=True)  # noqa: S603, S607 - a fixed command
    return to


def _carry_out(stage: Stage, tree: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment at the stage's end."""
    environment = dict(inherited)
    folder = "/src" if stage.base == "build" else "/"
    for each in stage.instructions:
        match each.keyword:
            case "ENV":
                environment |= _pairs(each, environment)
            case "WORKDIR":
                folder = each.rest
                (tree / folder.removeprefix("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(each, tree, folder)
            case "RUN":
                run_in_tree(tree, each.rest, environment=_reaching(environment), folder=folder)
            case "USER" | "ENTRYPOINT":
                # They say how the image is run, and nothing is run after them.
                pass
            case _:
                raise UnknownInstructionError(each.keyword)
    return environment


def _pairs(instruction: Instruction, environment: Mapping[str, str]) -> dict[str, str]:
    text = instruction.rest.replace("$PATH", environment["PATH"])
    return dict(pair.split("=", 1) for pair in shlex.split(text))


def _reaching(environment: Mapping[str, str]) -> dict[str, str]:
    """Add how this machine reaches its registries, as a builder passes proxies on."""
    known = {name.lower(): name for name in os.environ}
    passed = {"http_proxy", "https_proxy", "no_proxy", "pip_index_url", "pip_cert", "ssl_cert_file"}
    return {
        **{known[name]: os.environ[known[name]] for name in passed & known.keys()},
        **environment,
    }


def _copy(instruction: Instruction, tree: Path, folder: str) -> None:
    *sources, target = instruction.rest.split()
    to = tree / folder.removeprefix("/") / target.removeprefix("/")
    if sources[0] == "--from=web":
        assert sources[1:] == [_WEB]
        sources = [str(ROOT / "edge/deltastream/edge/static")]
    for source in sources:
        path = ROOT / source
        if path.is_dir():
            shutil.copytree(path, to, symlinks=True, ignore=_IGNORED, dirs_exist_ok=True)
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, to)


def _copied_from_tree(runtime: Stage, built: Path) -> Path:
    """Return the folder that is all of the image, as its only COPY says."""
    assert runtime.base == "scratch"
    (copied,) = runtime.all("COPY")
    source, folder, target = copied.split()
    assert (source, target) == ("--from=tree", "/")
    return built / folder.removeprefix("/")
