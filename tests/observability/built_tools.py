"""The real Prometheus, Alertmanager and their tools, which `make test-observability` builds."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.observability.observability_files import ROOT

_SECONDS: Final = 60.0

asked_for = bool(os.environ.get("DELTASTREAM_TEST_OBSERVABILITY"))
"""Whether these tests run at all."""

needs_tools = pytest.mark.skipif(
    not asked_for, reason="make test-observability builds what they need"
)


def tool(name: str) -> Path:
    """Return the path of a program."""
    path = ROOT / ".tools" / "bin" / name
    assert path.is_file(), f"tools/observability_tools has not built {name}"
    return path


def run_tool(name: str, *arguments: str | Path) -> str:
    """Run a program and return what it says.

    Raises:
        AssertionError: it has failed; the text is what it says.
    """
    done = subprocess.run(  # noqa: S603 - a program of our own making
        [tool(name), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
