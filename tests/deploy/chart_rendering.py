"""Renders the chart with the real helm, each way once, and finds objects in what comes out."""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from tests.deploy.deployment_files import CHART, Document

from deltastream.runtime.roles import ROLES, Role

HELM = shutil.which("helm")
OLDEST_KUBERNETES = "1.30.0"
NAMESPACE = "mesh"
EXAMPLES = ("minimal", "production", "keda")
_COMPONENT = "app.kubernetes.io/component"

needs_helm = pytest.mark.skipif(HELM is None, reason="helm is not on PATH")
each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
each_grpc_role = pytest.mark.parametrize(
    "role", [role for role in ROLES if role.service], ids=lambda role: role.name
)


def helm(*arguments: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a fixed command of ours
        [HELM or "helm", *arguments], capture_output=True, text=True, timeout=timeout, check=False
    )


def value_arguments(settings: tuple[str, ...], example: str) -> list[str]:
    sets = [word for setting in settings for word in ("--set", setting)]
    return ["--values", str(CHART / "examples" / example / "values.yaml"), *sets]


def template(*settings: str, example: str = "minimal") -> subprocess.CompletedProcess[str]:
    return helm(
        "template",
        "deltastream",
        str(CHART),
        *("--namespace", NAMESPACE, "--kube-version", OLDEST_KUBERNETES),
        *value_arguments(settings, example),
    )


class Rendered:
    """The objects that a rendering holds, by kind and role."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.objects: list[Document] = [
            item for item in yaml.load_all(text, yaml.CSafeLoader) if item
        ]

    def of_kind(self, kind: str) -> list[Document]:
        return [item for item in self.objects if item["kind"] == kind]

    def roles_with(self, kind: str) -> set[str]:
        """Whose objects of a kind there are, by the label that names their role."""
        return {item["metadata"]["labels"][_COMPONENT] for item in self.of_kind(kind)}

    def named(self, kind: str, name: str) -> Document:
        (found,) = (item for item in self.of_kind(kind) if item["metadata"]["name"] == name)
        return found

    def one(self, kind: str, role: Role) -> Document:
        return self.named(kind, f"deltastream-{role.name}")

    def pod(self, role: Role) -> Document:
        pod: Document = self.one("Deployment", role)["spec"]["template"]
        return pod

    def container(self, role: Role) -> Document:
        (container,) = self.pod(role)["spec"]["containers"]
        found: Document = container
        return found

    def environment(self, role: Role) -> dict[str, Any]:
        return environment_of(self.container(role))

    def pods(self) -> Iterator[tuple[str, Document]]:
        """Every pod with its name, those of the test included."""
        for item in self.objects:
            name = item["metadata"]["name"]
            if item["kind"] == "Deployment":
                yield name, item["spec"]["template"]
            elif item["kind"] == "Pod":
                yield name, item


def environment_of(container: Document) -> dict[str, Any]:
    entries = container["env"]
    environment = {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}
    assert len(environment) == len(entries), "a variable is given twice"
    return environment


@functools.cache
def rendered(*settings: str, example: str = "minimal") -> Rendered:
    """What the chart renders with these settings; nobody changes it."""
    answer = template(*settings, example=example)
    assert answer.returncode == 0, answer.stderr
    return Rendered(answer.stdout)


def refusal(*settings: str, example: str = "minimal") -> str:
    """Why the chart does not render with these settings."""
    answer = template(*settings, example=example)
    assert answer.returncode != 0, "it was taken"
    return answer.stderr


def notes(*settings: str, example: str = "minimal") -> str:
    """What helm says after an installation with these settings."""
    answer = helm(
        "install",
        "deltastream",
        str(CHART),
        *("--namespace", NAMESPACE, "--dry-run=client", "--hide-notes=false"),
        *value_arguments(settings, example),
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.partition("\nNOTES:\n")[2]
