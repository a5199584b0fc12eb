"""Whether this suite is asked for, and what it needs."""

import os
from pathlib import Path
from typing import Final

ASKED_FOR: Final = "DELTASTREAM_TEST_COMPATIBILITY"
NODE_FOLDER: Final = Path(__file__).parent / "node"
NOT_ASKED_FOR: Final = (
    "runs curl, bash, and clients in JavaScript: `make test-compatibility` installs those and runs"
    f" these tests; {ASKED_FOR}=1 asks for them once tests/compatibility/node is installed"
)
asked_for: Final = bool(os.environ.get(ASKED_FOR))
