"""What is known of a process, for whoever gets its spans."""

from deltastream.runtime.process_name import process_name
from deltastream.runtime.telemetry import attributes
from deltastream.runtime.telemetry.spans import Attributes
from deltastream.runtime.version import installed_version

_PACKAGE = "deltastream"


def described(role: str) -> Attributes:
    """Return the role, the version, and which process it is."""
    return {
        attributes.SERVICE_NAMESPACE: _PACKAGE,
        attributes.SERVICE_NAME: role,
        attributes.SERVICE_INSTANCE: process_name(),
        attributes.SERVICE_VERSION: installed_version(),
    }
