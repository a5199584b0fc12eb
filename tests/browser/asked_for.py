"""Whether this suite is asked for, and what it needs."""

import os
from pathlib import Path
from typing import Final

ASKED_FOR: Final = "DELTASTREAM_TEST_BROWSER"
ROOT: Final = Path(__file__).parents[2]
CHROMIUM: Final = Path("/usr/bin/chromium")
AXE: Final = ROOT / "edge/web/node_modules/axe-core/axe.min.js"
DASHBOARD: Final = ROOT / "edge/deltastream/edge/static/index.html"
NOT_ASKED_FOR: Final = (
    "drives Debian's Chromium: `make test-browser` installs it, builds the dashboard and runs these"
    f" tests; {ASKED_FOR}=1 asks for them once all that is there"
)
asked_for: Final = bool(os.environ.get(ASKED_FOR))


def require_what_is_needed() -> None:
    """Fail, naming what is missing."""
    for needed in (CHROMIUM, AXE, DASHBOARD):
        assert needed.is_file(), f"{needed} is missing: `make test-browser` sees to it"
