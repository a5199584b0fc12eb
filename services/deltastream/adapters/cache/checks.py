"""What every cache refuses, before it changes anything."""


def check_ttl(ttl: float) -> None:
    """Raise ValueError unless the time to keep a value, in seconds, is above 0."""
    if not ttl > 0:
        raise ValueError(f"ttl {ttl} is not above 0")
