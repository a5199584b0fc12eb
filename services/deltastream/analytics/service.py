"""AnalyticsService: questions over history."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from deltastream.analytics.encoding.buildup import encode_buildup
from deltastream.analytics.encoding.calculation import (
    decode_batch,
    decode_model,
    encode_figures,
)
from deltastream.analytics.encoding.gamma import encode_gamma_exposure
from deltastream.analytics.encoding.max_pain import encode_max_pain
from deltastream.analytics.encoding.put_call_ratio import encode_put_call_ratio
from deltastream.analytics.encoding.series import (
    SeriesRequest,
    decode_expiry,
    decode_interval,
    decode_span,
)
from deltastream.analytics.encoding.straddle import encode_straddle
from deltastream.analytics.encoding.surface import encode_surface
from deltastream.analytics.encoding.volatility_cone import decode_estimator, encode_cone
from deltastream.analytics.encoding.volatility_rank import encode_rank
from deltastream.analytics.queries.buildup import strike_buildup
from deltastream.analytics.queries.calculation import calculate
from deltastream.analytics.queries.gamma import exposed_chain
from deltastream.analytics.queries.max_pain import max_pain
from deltastream.analytics.queries.newest import newest_chain
from deltastream.analytics.queries.ohlc import candles_of
from deltastream.analytics.queries.surface import Surfaces
from deltastream.analytics.queries.volatility_cone import VolatilityCones
from deltastream.analytics.queries.volatility_rank import VolatilityRanks
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.analytics.v1.analytics_service_pb2_grpc import AnalyticsServiceServicer
from deltastream.analytics.workers import Workers
from deltastream.domain.calendar.exchange_calendar import Calendars
from deltastream.domain.events import EnrichedChain
from deltastream.ports.history import MarketHistory
from deltastream.runtime.codec.candles import encode_candle
from deltastream.runtime.interceptors.base import Context

_DEFAULT_MINUTES: Final = 5
_LARGE_BATCH: Final = 200
"""More options than this are computed in a thread: they take some milliseconds."""


class AnalyticsServicer(AnalyticsServiceServicer):
    """Translates between the contract and the queries."""

    def __init__(
        self,
        *,
        history: MarketHistory,
        surfaces: Surfaces,
        ranks: VolatilityRanks,
        cones: VolatilityCones,
        workers: Workers,
        calendars: Calendars,
    ) -> None:
        self._history = history
        self._surfaces = surfaces
        self._ranks = ranks
        self._cones = cones
        self._workers = workers
        self._calendars = calendars

    async def GetPutCallRatio(
        self, request: pb.GetPutCallRatioRequest, context: Context
    ) -> pb.GetPutCallRatioResponse:
        """Return the put-call ratio, and its series when asked for."""
        expiry = decode_expiry(request.expiry)
        latest = await newest_chain(self._history, request.product, expiry)
        return pb.GetPutCallRatioResponse(
            product=request.product,
            latest=encode_put_call_ratio(latest),
            history=map(encode_put_call_ratio, await self._series(request, latest)),
        )

    async def GetMaxPain(
        self, request: pb.GetMaxPainRequest, context: Context
    ) -> pb.GetMaxPainResponse:
        """Return the strike of least pain, the whole curve, and the series when asked for."""
        answer = await max_pain(self._history, request.product, decode_expiry(request.expiry))
        return encode_max_pain(answer, await self._series(request, answer.enriched))

    async def GetStraddle(
        self, request: pb.GetStraddleRequest, context: Context
    ) -> pb.GetStraddleResponse:
        """Return the straddle at the money, and its series when asked for."""
        expiry = decode_expiry(request.expiry)
        latest = await newest_chain(self._history, request.product, expiry)
        return pb.GetStraddleResponse(
            product=request.product,
            expiry=latest.chain.expiry.isoformat(),
            latest=encode_straddle(latest),
            history=map(encode_straddle, await self._series(request, latest)),
        )

    async def GetOpenInterestBuildup(
        self, request: pb.GetOpenInterestBuildupRequest, context: Context
    ) -> pb.GetOpenInterestBuildupResponse:
        """Return the build-up by strike, since the previous close or since some minutes ago."""
        answer = await strike_buildup(
            self._history,
            request.product,
            decode_expiry(request.expiry),
            window=timedelta(minutes=request.window_minutes),
        )
        return encode_buildup(answer)

    async def GetGammaExposure(
        self, request: pb.GetGammaExposureRequest, context: Context
    ) -> pb.GetGammaExposureResponse:
        """Return the gamma exposure by strike, its walls and its profile."""
        expiry = decode_expiry(request.expiry)
        return encode_gamma_exposure(await exposed_chain(self._history, request.product, expiry))

    async def GetVolatilitySurface(
        self, request: pb.GetVolatilitySurfaceRequest, context: Context
    ) -> pb.GetVolatilitySurfaceResponse:
        """Return implied volatility by strike and expiry, with the fitted slices."""
        kept = await self._surfaces.surface(request.product, most=request.max_expiries or None)
        return encode_surface(request.product, kept, log_moneyness=request.log_moneyness)

    async def GetImpliedVolatilityRank(
        self, request: pb.GetImpliedVolatilityRankRequest, context: Context
    ) -> pb.GetImpliedVolatilityRankResponse:
        """Return where today's implied volatility stands among those of the past sessions."""
        return encode_rank(request.product, await self._ranks.rank(request.product))

    async def GetVolatilityCone(
        self, request: pb.GetVolatilityConeRequest, context: Context
    ) -> pb.GetVolatilityConeResponse:
        """Return the distribution of realised volatility by horizon."""
        estimator = decode_estimator(request.estimator)
        return encode_cone(request.product, await self._cones.cone(request.product, estimator))

    async def GetOhlc(self, request: pb.GetOhlcRequest, context: Context) -> pb.GetOhlcResponse:
        """Return candles, filled inside the exchange's sessions when asked for."""
        minutes = request.window or _DEFAULT_MINUTES
        candles = await candles_of(
            self._history,
            request.product,
            minutes=minutes,
            span=decode_span(request),
            fill_by=self._calendars if request.fill else None,
        )
        return pb.GetOhlcResponse(
            product=request.product, window=minutes, candles=map(encode_candle, candles)
        )

    async def CalculateOptions(
        self, request: pb.CalculateOptionsRequest, context: Context
    ) -> pb.CalculateOptionsResponse:
        """Return prices, implied volatilities and Greeks of a batch of options."""
        if len(request.options) <= _LARGE_BATCH:
            return _calculate(request)
        return await self._workers.run(partial(_calculate, request))

    async def _series(
        self, request: SeriesRequest, latest: EnrichedChain
    ) -> Sequence[EnrichedChain]:
        """Return the stored chains of the same expiry without legs, when they are asked for."""
        if not request.history:
            return ()
        return await self._history.summaries(
            latest.chain.product,
            latest.chain.expiry,
            decode_span(request),
            interval=decode_interval(request),
        )


def _calculate(request: pb.CalculateOptionsRequest) -> pb.CalculateOptionsResponse:
    return encode_figures(calculate(decode_batch(request), decode_model(request.model)))
