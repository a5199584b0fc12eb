"""Evaluates the Tiltfile with the real tilt, which needs no cluster for it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.deploy.deployment_files import ROOT

TILT: Final = ROOT / ".tools" / "tilt" / "bin" / "tilt"
_KUBECONFIG: Final = """
apiVersion: v1
kind: Config
clusters: [{name: kind-nowhere, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: kind-nowhere, context: {cluster: kind-nowhere, user: nobody}}]
users: [{name: nobody, user: {}}]
current-context: kind-nowhere
"""

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a Tiltfile comes to.

    Attributes:
        enabled: names of the resources that are started.
        resources: all of them, by their names.
        error: what tilt said of what is wrong; empty when nothing is.
    """

    enabled: frozenset[str]
    resources: dict[str, Resource]
    error: str


def evaluate(home: Path, *roles: str) -> Evaluated:
    """Return what `tilt up -- ROLES` would run, by a context of no cluster."""
    kubeconfig = home / "kubeconfig"
    kubeconfig.write_text(_KUBECONFIG, encoding="utf-8")
    words = ["alpha", "tiltfile-result", "-f", "Tiltfile", *(("--", *roles) if roles else ())]
    answer = subprocess.run(  # noqa: S603 - a fixed command of ours
        [TILT, *words],
        cwd=ROOT,
        env=os.environ
        | {
            "PATH": f"{TILT.parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "KUBECONFIG": str(kubeconfig),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if answer.returncode != 0:
        return Evaluated(frozenset(), {}, answer.stderr)
    result = json.loads(answer.stdout)
    resources = {each["Name"]: each for each in result["Manifests"]}
    return Evaluated(frozenset(result["EnabledManifests"]), resources, "")
