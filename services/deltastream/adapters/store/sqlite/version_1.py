"""Version 1 of the market database: from an empty file."""

from typing import Final

VERSION_1: Final = (
    """
    CREATE TABLE products (
        symbol TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        exchange TEXT NOT NULL,
        currency TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        lot_size REAL,
        tick_size REAL,
        strike_step REAL,
        quantity_unit TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE ticks (
        product TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        timestamp INTEGER NOT NULL,
        price REAL NOT NULL,
        volume REAL,
        processed_at INTEGER,
        PRIMARY KEY (product, sequence)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ticks_newest ON ticks (product, timestamp DESC, sequence)",
    """
    CREATE TABLE quotes (
        symbol TEXT NOT NULL,
        timestamp INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        product TEXT NOT NULL,
        expiry TEXT NOT NULL,
        option_type TEXT NOT NULL,
        strike REAL NOT NULL,
        bid REAL,
        ask REAL,
        last REAL,
        volume REAL,
        open_interest REAL,
        PRIMARY KEY (symbol, timestamp)
    ) WITHOUT ROWID
    """,
    # The blobs come last: reading only what is before them leaves their pages alone.
    """
    CREATE TABLE chains (
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
        atm_straddle_price REAL,
        atm_straddle_basis TEXT,
        max_pain_strike REAL,
        max_pain_ties TEXT NOT NULL,
        missing TEXT NOT NULL,
        calls BLOB NOT NULL,
        puts BLOB NOT NULL,
        UNIQUE (product, expiry, timestamp)
    )
    """,
    "CREATE INDEX chains_newest ON chains (product, timestamp DESC, expiry)",
    # The expiries that chains have: finding them there would mean reading a whole index.
    """
    CREATE TABLE expiries (
        product TEXT NOT NULL,
        expiry TEXT NOT NULL,
        PRIMARY KEY (product, expiry)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE candles (
        product TEXT NOT NULL,
        window_minutes INTEGER NOT NULL,
        start INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        final INTEGER NOT NULL,
        imputed INTEGER NOT NULL,
        open REAL NOT NULL,
        high REAL NOT NULL,
        low REAL NOT NULL,
        close REAL NOT NULL,
        tick_count INTEGER NOT NULL,
        volume REAL,
        mean REAL,
        variance REAL,
        PRIMARY KEY (product, window_minutes, start)
    ) WITHOUT ROWID
    """,
)
