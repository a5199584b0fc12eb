"""What every cache refuses, before it changes anything."""

from collections.abc import Mapping
from typing import Final

from deltastream.ports.cache import Versioned

VERSION_DIGITS: Final = 40


def check_ttl(ttl: float) -> None:
    """Raise ValueError unless the time to keep a value, in seconds, is above 0."""
    if not ttl > 0:
        raise ValueError(f"ttl {ttl} is not above 0")


def check_versions(values: Mapping[str, Versioned]) -> None:
    """Raise ValueError unless every version has at most 40 digits and no sign."""
    for key, value in values.items():
        if not 0 <= value.version < 10**VERSION_DIGITS:
            raise ValueError(f"version {value.version} of {key} is not from 0 to 10**40 - 1")
