"""Says when a subject of the bus fills up, and when it has recovered."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from deltastream.log_library import structlog

_log = structlog.get_logger()

_HIGH: Final = 0.8
_RECOVERED: Final = 0.7


class _Level(IntEnum):
    NORMAL = 0
    HIGH = 1
    FULL = 2


@dataclass(slots=True, kw_only=True)
class BacklogAlarm:
    """Logs once that a subject is high, once that it is full, and once that it has recovered.

    It has recovered well below where it was high, so that one at the edge is not logged again
    and again.

    Attributes:
        limit: entries at which a subject is full.
    """

    limit: int
    _levels: dict[str, _Level] = field(default_factory=dict)

    def observe(self, subject: str, *, held: int) -> None:
        """Take note of how many entries a subject holds."""
        share = held / self.limit
        before = self._levels.get(subject, _Level.NORMAL)
        level = before if share >= _RECOVERED else _Level.NORMAL
        level = max(level, _level_of(share))
        self._levels[subject] = level
        if level == before:
            return
        facts = {"subject": subject, "held": held, "limit": self.limit, "share": round(share, 3)}
        match level:
            case _Level.NORMAL:
                _log.info("bus_backlog_recovered", **facts)
            case _Level.HIGH:
                _log.warning("bus_backlog_high", **facts)
            case _Level.FULL:
                _log.error("bus_backlog_full", **facts)


def _level_of(share: float) -> _Level:
    if share >= 1:
        return _Level.FULL
    return _Level.HIGH if share >= _HIGH else _Level.NORMAL
