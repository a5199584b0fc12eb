"""Version 2 of the market database: chains keep what was computed of them.

Chains that were stored before have none of it: NULL.
"""

from typing import Final

_KEPT: Final = (
    "product, expiry, timestamp, sequence, spot_price, expires_at, published_at, processed_at,"
    " total_call_oi, total_put_oi, total_call_volume, total_put_volume, pcr_oi, pcr_volume,"
    " atm_strike, atm_straddle_price, atm_straddle_basis, max_pain_strike, max_pain_ties, missing,"
    " calls, puts"
)

VERSION_2: Final = (
    # ADD COLUMN would put the new columns behind the blobs, and these are to come last: reading
    # only what is before them leaves their pages alone. So the table is made anew.
    """
    CREATE TABLE chains_2 (
        product TEXT NOT NULL,
        expiry TEXT NOT NULL,
        timestamp INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        spot_price REAL,
        expires_at INTEGER,
        published_at INTEGER,
        processed_at INTEGER NOT NULL,
        total_call_oi REAL NOT NULL,
        total_put_oi REAL NOT NULL,
        total_call_volume REAL NOT NULL,
        total_put_volume REAL NOT NULL,
        pcr_oi REAL,
        pcr_volume REAL,
        atm_strike REAL,
        atm_call_price REAL,
        atm_put_price REAL,
        atm_straddle_price REAL,
        atm_straddle_basis TEXT,
        convention TEXT,
        price_basis TEXT,
        forward REAL,
        forward_basis TEXT,
        rate REAL,
        years_to_expiry REAL,
        atm_forward_strike REAL,
        atm_iv REAL,
        expected_move REAL,
        expected_move_straddle REAL,
        risk_reversal_25d REAL,
        butterfly_25d REAL,
        max_pain_strike REAL,
        support REAL,
        resistance REAL,
        contract_size REAL,
        net_gamma_exposure REAL,
        call_wall REAL,
        put_wall REAL,
        zero_gamma REAL,
        max_pain_ties TEXT NOT NULL,
        missing TEXT NOT NULL,
        calls BLOB NOT NULL,
        puts BLOB NOT NULL,
        call_figures BLOB,
        put_figures BLOB,
        UNIQUE (product, expiry, timestamp)
    )
    """,
    f"INSERT INTO chains_2 ({_KEPT}) SELECT {_KEPT} FROM chains",  # noqa: S608 - constant names
    "DROP TABLE chains",
    "ALTER TABLE chains_2 RENAME TO chains",
    "CREATE INDEX chains_newest ON chains (product, timestamp DESC, expiry)",
)
