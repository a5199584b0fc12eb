"""Analytics' settings."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from deltastream.runtime.settings import RoleSettings


class AnalyticsSettings(RoleSettings):
    """What analytics can be told.

    Attributes:
        analytics_listen: HOST:PORT at which the role serves gRPC.
        auth_address: where auth answers.
        storage_address: where storage answers.
        analytics_ttl: seconds that expensive answers are kept: surfaces, ranks, cones. The past
            sessions of a rank are kept sixty times as long.
        calendar_overrides: a file with days that the exchange calendars lack or have wrong, in
            the form that adapters/calendar/calendar_file.py describes.
    """

    role: ClassVar[str] = "analytics"

    analytics_listen: str = "127.0.0.1:8004"
    auth_address: str = "127.0.0.1:8001"
    storage_address: str = "127.0.0.1:8003"
    analytics_ttl: Annotated[float, Field(ge=0, le=3600)] = 5.0
    calendar_overrides: Annotated[Path | None, BeforeValidator(lambda text: text or None)] = None
