"""What is measured of the events that clients are sent."""

from typing import Final

from deltastream.edge.sockets.events import EVENTS
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS

_names: Final = [event.name for event in EVENTS]
SENT: Final = PROCESS.counters(names.SOCKET_EVENTS_SENT, "event", _names)
"""By the event's name; each is counted once for each client."""
CONFLATED: Final = PROCESS.counters(names.SOCKET_EVENTS_CONFLATED, "event", _names)
"""By the event's name: those that were replaced while they waited."""
