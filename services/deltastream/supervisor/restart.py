"""`deltastream restart`: every role of a running mesh anew, without a pause in its service."""

import os
import signal
import time
from pathlib import Path
from typing import Any, Final

import click

from deltastream.runtime import exit_codes
from deltastream.supervisor.endpoints import MeshNotRunningError, read_endpoints

_PAUSE_SECONDS: Final = 0.1


def run_restart(data_dir: Path, *, seconds: float) -> int:
    """Ask the mesh of a data directory to restart role by role; return the exit status.

    Args:
        data_dir: that of the mesh.
        seconds: how long to wait for it.
    """
    try:
        before = read_endpoints(data_dir)
        os.kill(before["pid"], signal.SIGUSR1)
        return _follow(data_dir, before, deadline=time.monotonic() + seconds)
    except MeshNotRunningError as error:
        return _complain(str(error), exit_codes.UNUSABLE)
    except ProcessLookupError:
        return _complain(
            f"the mesh of {data_dir} has died (process {before['pid']}); start it again",
            exit_codes.UNUSABLE,
        )


def _follow(data_dir: Path, before: dict[str, Any], *, deadline: float) -> int:
    """Say which roles have been replaced, until all have."""
    told: dict[str, int] = dict(before["pids"])
    while time.monotonic() < deadline:
        now = read_endpoints(data_dir)
        for name, pid in now["pids"].items():
            if pid != told.get(name):
                click.echo(f"{name:<14} {told.get(name)} -> {pid}", err=True)
                told[name] = pid
        report = now["restart"]
        if report["number"] > before["restart"]["number"] and not report["under_way"]:
            return _complain(report["error"], exit_codes.FAILED) if report["error"] else 0
        # Another process writes the file: there is nothing else to wait for.
        time.sleep(_PAUSE_SECONDS)
    return _complain("it takes longer than expected; the logs say why", exit_codes.FAILED)


def _complain(text: str, status: int) -> int:
    click.echo(f"deltastream restart: {text}", err=True)
    return status
