"""Content negotiation (RFC 9110, section 12.5): media types, and encodings."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

# Clients of one kind send the same header with every request.
_REMEMBERED: Final = 64


@lru_cache(maxsize=_REMEMBERED)
def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return what is offered that an `Accept` or `Accept-Encoding` header wants most.

    Of equally wanted ones it is the one that is named, before one that a wildcard covers, and
    then the first offered. None when all are refused or unmentioned.
    """
    ranges = [_range_of(part) for part in accept.split(",") if part.strip()]
    best: tuple[float, int, str] | None = None
    for media_type in offered:
        quality, exactness = _wish(media_type, ranges)
        if quality > 0 and (best is None or (quality, exactness) > best[:2]):
            best = (quality, exactness, media_type)
    return best[2] if best is not None else None


def _wish(media_type: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Return quality and exactness of the most exact range that covers the type."""
    kind, _, is_type = media_type.partition("/")
    qualities = dict(ranges)
    anything = "*/*" if is_type else "*"
    for exactness, name in ((2, media_type), (1, f"{kind}/*"), (0, anything)):
        if name in qualities:
            return qualities[name], exactness
    return 0.0, 0


def _range_of(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.lower().split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            return name, _quality(value)
    return name, 1.0


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
