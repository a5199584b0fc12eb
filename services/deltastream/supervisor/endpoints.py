"""The file that tells other programs where a running mesh is, and how it fares."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deltastream.runtime.roles import ROLES
from deltastream.supervisor.plan import MeshPlan

ENDPOINTS_FILE: Final = "mesh.json"


class MeshNotRunningError(Exception):
    """No mesh runs in a data directory; the text says what to do."""


@dataclass(slots=True)
class RestartReport:
    """How the latest rolling restart went.

    Attributes:
        number: counts the restarts of this mesh, from 1; 0 is none yet.
        under_way: whether it still goes on.
        error: why it stopped half-way; empty when it did not.
    """

    number: int = 0
    under_way: bool = False
    error: str = ""


def write_endpoints(plan: MeshPlan, pids: Mapping[str, int | None], restart: RestartReport) -> None:
    """Write the file anew, in one step: a reader finds the old one or the new one."""
    content = {
        "pid": os.getpid(),
        "http": plan.http_url,
        "grpc": {
            "public": plan.public_grpc,
            **{role.name: plan.listeners[role.listen_variable] for role in ROLES if role.service},
        },
        "admin": plan.admin,
        "pids": dict(pids),
        "restart": {
            "number": restart.number,
            "under_way": restart.under_way,
            "error": restart.error,
        },
    }
    file = plan.data_dir / ENDPOINTS_FILE
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(content, indent=2), encoding="utf-8")
    draft.replace(file)


def remove_endpoints(plan: MeshPlan) -> None:
    """Take the file away: the mesh serves no more."""
    (plan.data_dir / ENDPOINTS_FILE).unlink(missing_ok=True)


def read_endpoints(data_dir: Path) -> dict[str, Any]:
    """Return what the file says.

    Raises:
        MeshNotRunningError: there is none.
    """
    try:
        text = (data_dir / ENDPOINTS_FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise MeshNotRunningError(
            f"no mesh runs in {data_dir}.\n"
            "Start one with `deltastream up`, or name its directory with --data-dir."
        ) from None
    content: dict[str, Any] = json.loads(text)
    return content
