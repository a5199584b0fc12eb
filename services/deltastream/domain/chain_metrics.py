"""What an option chain means, in a few figures."""

from deltastream.domain.events import ChainMetrics, OptionChain, PriceBasis
from deltastream.domain.max_pain import pain_curve
from deltastream.domain.missing import MissingReason
from deltastream.domain.put_call_ratio import put_call_ratio, total
from deltastream.domain.straddle import straddle, strike_at_the_money


def measure(chain: OptionChain) -> ChainMetrics:
    """Compute the totals, ratios, straddle and max pain of a chain, over all its strikes.

    Each figure that cannot be computed is None, and `missing` of the result says why under its
    name in the contract.
    """
    calls, puts = chain.calls, chain.puts
    call_oi, put_oi = total(calls.open_interest), total(puts.open_interest)
    call_volume, put_volume = total(calls.volume), total(puts.volume)
    missing: dict[str, MissingReason] = {}
    if (pcr_oi := put_call_ratio(call_total=call_oi, put_total=put_oi)) is None:
        missing["pcr_oi"] = MissingReason.NO_CALL_OPEN_INTEREST
    if (pcr_volume := put_call_ratio(call_total=call_volume, put_total=put_volume)) is None:
        missing["pcr_volume"] = MissingReason.NO_CALL_VOLUME
    atm_strike, straddle_price, straddle_basis = _at_the_money(chain, missing)
    if not (max_pain_ties := _max_pain(chain)):
        missing["max_pain_strike"] = MissingReason.NO_OPEN_INTEREST
    return ChainMetrics(
        total_call_oi=call_oi,
        total_put_oi=put_oi,
        total_call_volume=call_volume,
        total_put_volume=put_volume,
        pcr_oi=pcr_oi,
        pcr_volume=pcr_volume,
        atm_strike=atm_strike,
        atm_straddle_price=straddle_price,
        atm_straddle_basis=straddle_basis,
        max_pain_ties=max_pain_ties,
        missing=missing,
    )


def _max_pain(chain: OptionChain) -> tuple[float, ...]:
    """Return all strikes of least pain."""
    return pain_curve(
        call_strikes=chain.calls.strikes,
        call_open_interest=chain.calls.open_interest,
        put_strikes=chain.puts.strikes,
        put_open_interest=chain.puts.open_interest,
    ).least


def _at_the_money(
    chain: OptionChain, missing: dict[str, MissingReason]
) -> tuple[float | None, float | None, PriceBasis | None]:
    """Return strike, straddle price and basis at the money, adding to `missing` what is absent."""
    if chain.spot_price is None:
        missing["atm_strike"] = missing["atm_straddle_price"] = MissingReason.NO_SPOT
        return None, None, None
    strike = strike_at_the_money(
        call_strikes=chain.calls.strikes, put_strikes=chain.puts.strikes, spot=chain.spot_price
    )
    if strike is None:
        missing["atm_strike"] = missing["atm_straddle_price"] = MissingReason.NO_PAIR
        return None, None, None
    priced = straddle(calls=chain.calls, puts=chain.puts, strike=strike)
    if priced is None:
        missing["atm_straddle_price"] = MissingReason.NO_PRICE
        return strike, None, None
    return strike, priced.price, priced.basis
