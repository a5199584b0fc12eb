"""The feed's settings."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from deltastream.adapters.calendar.load import load_calendars
from deltastream.adapters.source.choose import SourceOptions
from deltastream.domain.synthetic.settings import MOST_EXPIRIES, MarketClock, SyntheticSettings
from deltastream.runtime.settings import RoleSettings, SymbolList, Url
from deltastream.runtime.streams.hub import SPARED_ENTRIES


class FeedSettings(RoleSettings):
    """What the feed can be told.

    Attributes:
        feed_listen: HOST:PORT at which the role serves gRPC.
        auth_address: where auth answers.
        bus_url: the Redis of the bus: `redis://HOST:PORT/DATABASE`.
        source: `synthetic`, or `replay:FILE_OR_FOLDER`.
        products: the symbols to feed; empty means all that the source has.
        seed: what the synthetic source draws its prices from: the same seed, the same prices.
        rate: multiplies how often the synthetic source speaks.
        clock: when the synthetic source trades: `always-open`, or `real` for the hours of the
            exchanges.
        tick_interval: seconds between the synthetic source's ticks of one product, at rate 1.
        quote_interval: seconds between its quotes of one option, at rate 1.
        chain_interval: seconds between its chains of one expiry, at rate 1.
        strikes: how many strikes a chain of the synthetic source has.
        expiries: how many the synthetic source trades of each product, one a week; a volatility
            30 days ahead needs six.
        speed: pace of a replay, of that of the recording; 0 is as fast as possible.
        loop: begin a replay again at its end.
        replay_product: the product of snapshot files that do not say theirs.
        replay_expiry: the expiry, as YYYY-MM-DD, of snapshot files that do not say theirs.
        calendar_overrides: a file with days that the exchange calendars lack or have wrong, in
            the form that adapters/calendar/calendar_file.py describes.
        stream_maximum_age: seconds after which a stream says go_away, so that clients spread over
            replicas again; by default it may last for ever.
        bus_keep: entries kept per subject of raw events.
    """

    role: ClassVar[str] = "feed"

    feed_listen: str = "127.0.0.1:8006"
    auth_address: str = "127.0.0.1:8001"
    bus_url: Url = "redis://127.0.0.1:6379/0"
    source: str = "synthetic"
    products: SymbolList = frozenset()
    seed: int = 1
    rate: Annotated[float, Field(gt=0, le=100_000)] = 1.0
    clock: MarketClock = MarketClock.ALWAYS_OPEN
    tick_interval: Annotated[float, Field(gt=0)] = 1.0
    quote_interval: Annotated[float, Field(gt=0)] = 5.0
    chain_interval: Annotated[float, Field(gt=0)] = 5.0
    strikes: Annotated[int, Field(ge=3, le=1001)] = 21
    expiries: Annotated[int, Field(ge=1, le=MOST_EXPIRIES)] = 3
    speed: Annotated[float, Field(ge=0)] = 1.0
    loop: bool = False
    replay_product: str = ""
    replay_expiry: str = ""
    calendar_overrides: Annotated[Path | None, BeforeValidator(lambda text: text or None)] = None
    stream_maximum_age: Annotated[float, Field(ge=1)] | None = None
    bus_keep: Annotated[int, Field(ge=SPARED_ENTRIES)] = 1000

    @property
    def source_options(self) -> SourceOptions:
        """What the source is told.

        Raises:
            InvalidValueError: the settings of the synthetic source contradict each other, or the
                calendar file cannot be used.
        """
        synthetic = SyntheticSettings(
            rate=self.rate,
            tick_interval=self.tick_interval,
            quote_interval=self.quote_interval,
            chain_interval=self.chain_interval,
            strikes=self.strikes,
            expiries=self.expiries,
            clock=self.clock,
        )
        return SourceOptions(
            products=self.products,
            seed=self.seed,
            synthetic=synthetic,
            speed=self.speed,
            loop=self.loop,
            replay_product=self.replay_product,
            replay_expiry=self.replay_expiry,
            calendars=load_calendars(self.calendar_overrides),
        )
