"""Which release of DeltaStream this is."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """Return the version; of sources that were never installed there is none."""
    try:
        return version("deltastream")
    except PackageNotFoundError:
        return "not installed"
