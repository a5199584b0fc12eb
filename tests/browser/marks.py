"""What all tests of the suite have in common."""

from typing import Final

import pytest

BROWSER_TEST: Final = [
    pytest.mark.mesh,
    pytest.mark.asyncio(loop_scope="session"),
    # By a signal, because the other way ends Python on the spot, and leaves meshes behind. In front
    # of a test, a mesh may take 120 s to start, and 150 s to play a recording.
    pytest.mark.timeout(330, method="signal"),
]
