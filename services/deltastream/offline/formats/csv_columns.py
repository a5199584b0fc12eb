"""The columns of the CSV, in their order.

Names are those of the contract. Columns of the chain come first and are repeated in every row;
those of the leg follow, from `option_type` on. Both have a `price_basis`: the leg keeps the name,
the chain's is `chain_price_basis`.
"""

from typing import Final

CHAIN_COLUMNS: Final = (
    # Which chain it is.
    *("product", "expiry", "timestamp"),
    # What it is priced on, and how.
    *("spot_price", "forward", "forward_basis", "years_to_expiry", "rate", "convention"),
    *("chain_price_basis", "contract_size"),
    # Positions.
    *("pcr_oi", "pcr_volume", "total_call_oi", "total_put_oi"),
    *("total_call_volume", "total_put_volume"),
    *("max_pain_strike", "max_pain_ties", "support", "resistance"),
    # At the money.
    *("atm_strike", "atm_call_price", "atm_put_price", "atm_straddle_price", "atm_straddle_basis"),
    *("atm_forward_strike", "atm_iv", "expected_move", "expected_move_straddle"),
    # The smile and the dealers' gamma.
    *("risk_reversal_25d", "butterfly_25d"),
    *("net_gamma_exposure", "call_wall", "put_wall", "zero_gamma"),
    # Why the figures above are absent, and where the chain comes from.
    *("missing", "sequence", "expires_at", "published_at", "processed_at"),
)
"""Fields of EnrichedChain: all but its legs."""

LEG_COLUMNS: Final = (
    *("symbol", "strike"),
    *("bid", "ask", "last", "bid_size", "ask_size", "price_change"),
    *("volume", "open_interest", "change_in_open_interest", "buildup"),
    *("iv", "iv_missing", "quoted_iv", "price_basis"),
    *("delta", "gamma", "theta", "vega", "rho", "vanna", "volga", "charm"),
)
"""Fields of OptionLeg: all of them."""

OPTION_TYPE: Final = "option_type"
"""Call or put: which of a chain's two lists the leg stands in."""

COLUMNS: Final = (*CHAIN_COLUMNS, OPTION_TYPE, *LEG_COLUMNS)

FIELD_OF_COLUMN: Final = {"chain_price_basis": "price_basis"}
"""The fields of EnrichedChain that have another name as a column."""
