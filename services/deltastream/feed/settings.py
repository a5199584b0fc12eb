"""The feed's settings."""

from typing import Annotated, ClassVar

from pydantic import Field

from deltastream.runtime.settings import RoleSettings, SymbolList


class FeedSettings(RoleSettings):
    """What the feed can be told.

    Attributes:
        source: `synthetic`, or `replay:FILE_OR_FOLDER`.
        products: the symbols to feed; empty means all that the source has.
        seed: of the synthetic source.
        rate: multiplies how often the synthetic source speaks.
        speed: of a replay, against the recorded time; 0 is as fast as possible.
        loop: begin a replay again at its end.
        replay_product, replay_expiry: what a snapshot file does not say about itself.
        bus_keep: entries kept per subject of raw events.
    """

    role: ClassVar[str] = "feed"

    feed_listen: str = "127.0.0.1:8006"
    bus_url: str = "redis://127.0.0.1:6379/0"
    source: str = "synthetic"
    products: SymbolList = frozenset()
    seed: int = 1
    rate: Annotated[float, Field(gt=0, le=100_000)] = 1.0
    speed: Annotated[float, Field(ge=0)] = 1.0
    loop: bool = False
    replay_product: str = ""
    replay_expiry: str = ""
    bus_keep: Annotated[int, Field(ge=100)] = 1000
