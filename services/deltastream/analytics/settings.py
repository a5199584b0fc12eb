"""Analytics' settings."""

from typing import ClassVar

from deltastream.runtime.settings import RoleSettings


class AnalyticsSettings(RoleSettings):
    """What analytics can be told.

    Attributes:
        storage_address: where storage answers.
    """

    role: ClassVar[str] = "analytics"

    analytics_listen: str = "127.0.0.1:8004"
    storage_address: str = "127.0.0.1:8003"
