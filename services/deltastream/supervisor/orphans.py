"""No process outlives the supervisor, however it dies."""

import ctypes
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies. Only Linux can; elsewhere nothing.

    Called between fork and exec: it must not allocate much, and must not fail.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
