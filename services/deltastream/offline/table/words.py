"""What the names of the contract are called in a table."""

from collections.abc import Mapping
from typing import Final

from deltastream.domain.figures import Buildup, ForwardBasis, PriceBasis
from deltastream.domain.missing import MissingReason

LABELS: Final[Mapping[str, str]] = {
    "pcr_oi": "PCR OI",
    "pcr_volume": "PCR volume",
    "total_call_oi": "Call OI",
    "total_put_oi": "Put OI",
    "max_pain_strike": "Max pain",
    "support": "Support",
    "resistance": "Resistance",
    "atm_strike": "ATM strike",
    "atm_call_price": "ATM call",
    "atm_put_price": "ATM put",
    "atm_straddle_price": "Straddle",
    "atm_forward_strike": "ATM strike by forward",
    "atm_iv": "ATM IV",
    "expected_move": "Expected move",
    "expected_move_straddle": "Street's move",
    "risk_reversal_25d": "25-delta RR",
    "butterfly_25d": "25-delta BF",
    "net_gamma_exposure": "Net GEX per 1 %",
    "call_wall": "Call wall",
    "put_wall": "Put wall",
    "zero_gamma": "Zero gamma",
    "contract_size": "Contract size",
    "forward": "Forward",
    "years_to_expiry": "Days to expiry",
}
"""Figures of a chain, by their names in the contract."""

REASONS: Final[Mapping[MissingReason, str]] = {
    MissingReason.NO_CALL_OPEN_INTEREST: "calls have no open interest to divide by",
    MissingReason.NO_CALL_VOLUME: "calls have no volume to divide by",
    MissingReason.NO_OPEN_INTEREST: "no strike has open interest",
    MissingReason.NO_SPOT: "the file does not state the spot price",
    MissingReason.NO_PAIR: "no strike has both a call and a put",
    MissingReason.NO_PRICE: "neither a two-sided quote nor a last price",
    MissingReason.BELOW_INTRINSIC: "the price is below intrinsic value",
    MissingReason.ABOVE_MAXIMUM: "the price is above the option's maximum",
    MissingReason.EXPIRED: "the option has expired",
    MissingReason.STALE: "the last trade is of an earlier day",
    MissingReason.CROSSED: "the bid is above the ask",
    MissingReason.ONE_SIDED: "only one side is quoted",
    MissingReason.OUTSIDE_RANGE: "it lies outside the quoted strikes",
    MissingReason.INSUFFICIENT_HISTORY: "too little history",
    MissingReason.NOT_CONVERGED: "the solver did not converge",
    MissingReason.INVALID_INPUT: "the price is none that an option can have",
    MissingReason.NO_EXPIRY_TIME: "the instant of expiry is unknown",
    MissingReason.NO_FORWARD: "neither a pair of prices nor a spot price",
    MissingReason.NO_CONTRACT_SIZE: "the file states no contract size; say --contract-size",
    MissingReason.NO_IMPLIED_VOLATILITY: "no option has an implied volatility",
    MissingReason.NO_OPEN_INTEREST_ON_SIDE: "calls or puts have no open interest",
    MissingReason.NO_SIGN_CHANGE: "net exposure keeps its sign at all prices within 15 %",
    MissingReason.WIDE: "bid and ask are too far apart",
}
"""Why a figure is absent."""

FORWARD_BASES: Final[Mapping[ForwardBasis | None, str]] = {
    ForwardBasis.PARITY: "from put-call parity",
    ForwardBasis.CARRIED_SPOT: "spot carried at the rate",
    None: "unknown",
}

PRICE_BASES: Final[Mapping[PriceBasis | None, str]] = {
    PriceBasis.MID: "mid prices",
    PriceBasis.LAST: "last trades",
    PriceBasis.MIXED: "mid prices and last trades",
    None: "no prices",
}

BUILDUPS: Final[Mapping[Buildup, tuple[str, str]]] = {
    Buildup.LONG_BUILDUP: ("LB", "long build-up"),
    Buildup.SHORT_BUILDUP: ("SB", "short build-up"),
    Buildup.LONG_UNWINDING: ("LU", "long unwinding"),
    Buildup.SHORT_COVERING: ("SC", "short covering"),
    Buildup.NEUTRAL: ("=", "unchanged"),
}
"""Two letters, and what they stand for."""
