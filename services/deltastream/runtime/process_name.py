"""A name for this process that no other living one has."""

import os
import socket


def process_name() -> str:
    """Return the machine's or the pod's name, and the number of the process on it."""
    return f"{socket.gethostname()}-{os.getpid()}"
