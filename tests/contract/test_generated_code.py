"""The floors of pyproject.toml are those that the generated code demands."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def floor_of(package: str) -> Version:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (requirement,) = [r for r in map(Requirement, project["dependencies"]) if r.name == package]
    (clause,) = [clause for clause in requirement.specifier if clause.operator == ">="]
    return Version(clause.version)


def stamps(pattern: str, suffix: str) -> set[Version]:
    found = set()
    for path in (ROOT / "gen/python").rglob(suffix):
        match = re.search(pattern, path.read_text())
        if match:
            found.add(Version(match[1]))
    return found


def test_protobuf_is_at_least_what_the_messages_were_generated_with() -> None:
    generated = stamps(r"Protobuf Python Version: (\S+)", "*_pb2.py")
    assert generated
    assert max(generated) <= floor_of("protobuf")


def test_grpcio_is_at_least_what_the_stubs_were_generated_with() -> None:
    generated = stamps(r"GRPC_GENERATED_VERSION = '(\S+)'", "*_pb2_grpc.py")
    assert generated
    assert max(generated) <= floor_of("grpcio")
