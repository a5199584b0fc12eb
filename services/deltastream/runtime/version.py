"""Which release of DeltaStream this is."""


def installed_version() -> str:
    """Return the version; of sources that were never installed there is none."""
    # It brings what reads mail and archives: a supervisor, or `--help`, does not ask.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("deltastream")
    except PackageNotFoundError:
        return "not installed"
