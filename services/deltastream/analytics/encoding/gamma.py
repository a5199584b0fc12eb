"""Gamma exposure on the wire."""

from typing import Final

from deltastream.analytics.encoding.missing import Figure, explain
from deltastream.analytics.queries.gamma import ExposedChain, Exposure
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.gamma_exposure import ASSUMPTION, GammaExposure
from deltastream.domain.missing import MissingReason
from deltastream.runtime.codec.moments import to_timestamp

_NOTHING: Final[dict[str, Figure]] = dict.fromkeys(
    ("net_gamma", "call_wall", "put_wall", "zero_gamma"),
    (None, MissingReason.NO_IMPLIED_VOLATILITY),
)


def encode_gamma_exposure(answer: ExposedChain) -> pb.GetGammaExposureResponse:
    """Encode the exposure of a chain; where there is none, why."""
    chain, exposure = answer.enriched.chain, answer.exposure
    contract_size = answer.enriched.metrics.contract_size
    figures = _NOTHING if exposure is None else _figures_of(exposure)
    return pb.GetGammaExposureResponse(
        product=chain.product,
        expiry=chain.expiry.isoformat(),
        strikes=() if exposure is None else _encode_strikes(exposure.by_strike),
        profile=() if exposure is None else _encode_profile(exposure),
        spot_price=chain.spot_price,
        timestamp=to_timestamp(chain.timestamp),
        assumption=ASSUMPTION,
        contract_size=contract_size,
        missing=explain(
            {
                **figures,
                "spot_price": (chain.spot_price, MissingReason.NO_SPOT),
                "contract_size": (contract_size, MissingReason.NO_CONTRACT_SIZE),
            }
        ),
        **{name: figure for name, (figure, _) in figures.items()},
    )


def _figures_of(exposure: Exposure) -> dict[str, Figure]:
    nobody = MissingReason.NO_OPEN_INTEREST_ON_SIDE
    return {
        "net_gamma": (exposure.net, MissingReason.NO_IMPLIED_VOLATILITY),
        "call_wall": (exposure.call_wall, nobody),
        "put_wall": (exposure.put_wall, nobody),
        "zero_gamma": (exposure.zero_gamma, MissingReason.NO_SIGN_CHANGE),
    }


def _encode_strikes(exposure: GammaExposure) -> list[pb.StrikeGamma]:
    columns = (exposure.strikes, exposure.calls, exposure.puts, exposure.net)
    return [
        pb.StrikeGamma(strike=strike, call_gamma=calls, put_gamma=puts, net_gamma=net)
        for strike, calls, puts, net in zip(*(each.tolist() for each in columns), strict=True)
    ]


def _encode_profile(exposure: Exposure) -> list[pb.GammaPoint]:
    points = zip(exposure.prices.tolist(), exposure.profile.tolist(), strict=True)
    return [pb.GammaPoint(spot_price=price, net_gamma=net) for price, net in points]
