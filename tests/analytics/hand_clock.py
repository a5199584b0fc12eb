"""A clock that goes when it is moved."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)


class HandClock:
    """Shows NOON until it is moved, or goes on by `step` whenever it is read."""

    def __init__(self) -> None:
        self.now = NOON
        self.step = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
