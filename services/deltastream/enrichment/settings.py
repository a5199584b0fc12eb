"""Enrichment's settings."""

from typing import Annotated, ClassVar

from pydantic import Field

from deltastream.runtime.settings import RoleSettings
from deltastream.runtime.streams.hub import SPARED_ENTRIES


class EnrichmentSettings(RoleSettings):
    """What enrichment can be told.

    Attributes:
        enrichment_consumer: this replica's name in the consumer group. It must outlive restarts,
            because a replica goes on with what its name was given.
        storage_address: where storage answers.
        bus_keep: entries kept per subject of enriched events.
    """

    role: ClassVar[str] = "enrichment"

    enrichment_listen: str = "127.0.0.1:8007"
    enrichment_consumer: Annotated[str, Field(min_length=1)] = "enrichment-0"
    bus_url: str = "redis://127.0.0.1:6379/0"
    storage_address: str = "127.0.0.1:8003"
    bus_keep: Annotated[int, Field(ge=SPARED_ENTRIES)] = 1000
