"""Tells whoever started this process that it is ready, as sd_notify(3) describes.

`deltastream up` listens to it, and so does systemd (Type=notify).
"""

import os
import socket
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = "NOTIFY_SOCKET"
_READY: Final = b"READY=1"


def notify_ready(environment: Mapping[str, str] = os.environ) -> None:
    """Send READY=1 to the socket that the environment names; without one do nothing.

    Nobody's death while it listens may end this process: a failure to send is passed over.
    """
    path = environment.get(_VARIABLE, "")
    if not path:
        return
    # "@" stands for the zero byte of an abstract address.
    address = f"\0{path[1:]}" if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        try:
            out.sendto(_READY, address)
        except OSError:
            return
