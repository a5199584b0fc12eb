"""Enrichment's settings."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from deltastream.domain.candles.lateness import LatenessPolicy
from deltastream.domain.figures import PricingConvention
from deltastream.domain.pricing_policy import USUAL_RATES, PricingPolicy
from deltastream.runtime.process_name import process_name
from deltastream.runtime.settings import RoleSettings, Url
from deltastream.runtime.streams.hub import SPARED_ENTRIES


def _split_rates(value: object) -> object:
    """Read "INR=0.055,USD=0.04"."""
    if not isinstance(value, str):
        return value
    return dict(part.strip().split("=", 1) for part in value.split(",") if part.strip())


Rate = Annotated[float, Field(ge=-1, le=1)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
InterestRates = Annotated[
    dict[Currency, Rate],
    NoDecode,
    BeforeValidator(_split_rates),
    AfterValidator(lambda stated: {**USUAL_RATES, **stated}),
]
"""Interest by currency, written "INR=0.055,USD=0.04"; what is not given keeps its default."""


ReplicaName = Annotated[str, Field(max_length=200, pattern=r"^[\w.-]+$")]
"""Its length is no part of the pattern: 200 times all letters there are would take 20 MB."""


class EnrichmentSettings(RoleSettings):
    """What enrichment can be told.

    Attributes:
        enrichment_listen: HOST:PORT at which the role serves gRPC.
        enrichment_consumer: this replica's name, which no other living one may have. By default
            that of the machine, or pod, and the process.
        bus_url: the Redis of the bus: `redis://HOST:PORT/DATABASE`.
        auth_address: where auth answers.
        storage_address: where storage answers.
        stream_maximum_age: seconds after which a stream says go_away, so that clients spread over
            replicas again; by default it may last for ever.
        bus_keep: entries kept per subject of enriched events.
        dead_letters_kept: how many dead letters the bus keeps. Beyond it the oldest are dropped,
            which is logged and counted: a letter is as large as its event, 9 kB for 21 strikes.
        candle_out_of_orderness: seconds behind the newest tick of a product at which candles are
            taken for over.
        candle_allowed_lateness: seconds behind the newest tick that one may come and still revise
            candles.
        candle_idle: seconds without a tick after which event time is taken to go on by itself.
        convention: how chains are priced: `black76`, or `nse` as that exchange publishes.
        interest_rates: interest by currency, continuous, per year, for `black76`; what is not given
            keeps its default.
    """

    role: ClassVar[str] = "enrichment"

    enrichment_listen: str = "127.0.0.1:8007"
    enrichment_consumer: ReplicaName = Field(default_factory=process_name)
    bus_url: Url = "redis://127.0.0.1:6379/0"
    auth_address: str = "127.0.0.1:8001"
    storage_address: str = "127.0.0.1:8003"
    stream_maximum_age: Annotated[float, Field(ge=1)] | None = None
    bus_keep: Annotated[int, Field(ge=SPARED_ENTRIES)] = 1000
    dead_letters_kept: Annotated[int, Field(ge=1)] = 10_000
    candle_out_of_orderness: Annotated[float, Field(ge=0, le=600)] = 2.0
    candle_allowed_lateness: Annotated[float, Field(ge=0, le=3600)] = 60.0
    candle_idle: Annotated[float, Field(gt=0, le=3600)] = 10.0
    convention: Literal["black76", "nse"] = "black76"
    interest_rates: InterestRates = Field(default_factory=lambda: dict(USUAL_RATES))

    @property
    def lateness_policy(self) -> LatenessPolicy:
        """How long candles wait for ticks."""
        return LatenessPolicy(
            out_of_orderness=self.candle_out_of_orderness,
            allowed_lateness=self.candle_allowed_lateness,
            idle=self.candle_idle,
        )

    @property
    def pricing_policy(self) -> PricingPolicy:
        """How chains are priced."""
        return PricingPolicy(
            convention=PricingConvention[self.convention.upper()], rates=self.interest_rates
        )
