"""Volatility surfaces on the wire."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np

from deltastream.analytics.encoding.missing import explain
from deltastream.analytics.kept_answers import Kept
from deltastream.analytics.queries.surface import ChainFacts, ProductSurface
from deltastream.analytics.v1 import analytics_service_pb2 as pb
from deltastream.domain.missing import MissingReason
from deltastream.domain.surface.ranges import MoneynessRange
from deltastream.domain.surface.surface import Surface
from deltastream.domain.surface.surface_slice import SurfaceSlice
from deltastream.market.v1 import chain_pb2
from deltastream.runtime.codec.metrics import encode_missing
from deltastream.runtime.codec.moments import to_timestamp


def encode_surface(
    product: str, kept: Kept[ProductSurface], *, log_moneyness: Sequence[float]
) -> pb.GetVolatilitySurfaceResponse:
    """Encode a product's surface, and its values on a grid where one is asked for."""
    fitted = kept.answer
    spot_price, level = fitted.spot_price, fitted.constant_maturity_iv
    slices = zip(fitted.surface.slices, fitted.chains, strict=True)
    return pb.GetVolatilitySurfaceResponse(
        product=product,
        expiries=[_encode_slice(one, facts) for one, facts in slices],
        timestamp=None if fitted.newest is None else to_timestamp(fitted.newest.timestamp),
        spot_price=spot_price,
        grid=_encode_grid(fitted.surface, log_moneyness) if log_moneyness else (),
        as_of=to_timestamp(kept.as_of),
        constant_maturity_iv=level,
        missing=explain(
            {
                "spot_price": (spot_price, MissingReason.NO_SPOT),
                "constant_maturity_iv": (level, MissingReason.OUTSIDE_RANGE),
            }
        ),
    )


def _encode_slice(one: SurfaceSlice, facts: ChainFacts) -> pb.SurfaceSlice:
    encoded = pb.SurfaceSlice(
        expiry=one.expiry.isoformat(),
        strikes=one.strikes.tolist(),
        ivs=one.ivs.tolist(),
        forward=one.forward,
        years_to_expiry=one.years or 0.0,
        atm_iv=one.atm_iv,
        forward_basis=chain_pb2.ForwardBasis.ValueType(facts.forward_basis or 0),
        timestamp=to_timestamp(facts.timestamp),
        missing=encode_missing(one.missing | _unknown(one, facts)),
    )
    _write_smile(encoded, one)
    return encoded


def _unknown(one: SurfaceSlice, facts: ChainFacts) -> dict[str, MissingReason]:
    """Say why forward or time to expiry are absent."""
    unknown = {} if one.forward is not None else {"forward": facts.no_forward}
    if one.years is None:
        unknown["years_to_expiry"] = MissingReason.NO_EXPIRY_TIME
    return unknown


def _write_smile(encoded: pb.SurfaceSlice, one: SurfaceSlice) -> None:
    """Set what is known of a slice that was fitted."""
    smile = one.smile
    if smile is None:
        return
    encoded.method = pb.SliceMethod.ValueType(smile.fit.method)
    encoded.fitted_ivs.extend(smile.fitted_ivs.tolist())
    encoded.fit_error = smile.rms_error
    encoded.least_density = smile.butterfly.least_density
    encoded.butterfly_ranges.extend(_encode_ranges(smile.butterfly.ranges))
    encoded.butterfly_arbitrage = bool(smile.butterfly.ranges)
    if one.svi is not None:
        encoded.svi.CopyFrom(pb.SviParameters(**asdict(one.svi)))
    if one.calendar is not None:
        encoded.calendar_ranges.extend(_encode_ranges(one.calendar.ranges))
        encoded.calendar_arbitrage = bool(one.calendar.ranges)


def _encode_ranges(ranges: Iterable[MoneynessRange]) -> list[pb.MoneynessRange]:
    return [pb.MoneynessRange(low=each.low, high=each.high) for each in ranges]


def _encode_grid(surface: Surface, log_moneyness: Sequence[float]) -> list[pb.GridRow]:
    """Encode one row a slice that was fitted."""
    rows = zip(surface.slices, surface.grid(np.array(log_moneyness)).tolist(), strict=True)
    return [
        pb.GridRow(expiry=one.expiry.isoformat(), years_to_expiry=one.years or 0.0, ivs=ivs)
        for one, ivs in rows
        if one.smile is not None
    ]
