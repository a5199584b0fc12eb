"""What the signing keys are for at a moment, for people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from deltastream.auth.key_ring import DatedKey, KeyRing


def one_is_waiting(ring: KeyRing, now: datetime) -> bool:
    """Say whether a key is published and does not sign yet."""
    return any(each.signs_from > now for each in ring.keys)


def lines(ring: KeyRing, now: datetime, *, kept: timedelta) -> Iterator[str]:
    """Yield a line a key, in the order in which they sign."""
    signing = ring.signing(now)
    published = {key.kid for key in ring.published(now, kept=kept)}
    for each in ring.keys:
        yield f"{each.key.kid}  {_state(each, now, signing.kid, published)}"


def _state(each: DatedKey, now: datetime, signing: str, published: set[str]) -> str:
    if each.key.kid == signing:
        return "signs"
    if each.signs_from > now:
        return f"published; signs from {each.signs_from:%Y-%m-%d %H:%M:%S} UTC on"
    return "published; signs no more" if each.key.kid in published else "retired"
