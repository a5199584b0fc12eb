"""Version 3 of the market database: events in the order they came, and what age has removed."""

from typing import Final

VERSION_3: Final = (
    "CREATE INDEX chains_in_sequence ON chains (product, sequence)",
    # Quotes are listed by symbol and time; this finds those that came first.
    "CREATE INDEX quotes_in_sequence ON quotes (sequence)",
    # When earlier candles were written is not known; it was hardly before they began.
    "ALTER TABLE candles ADD COLUMN written_at INTEGER NOT NULL DEFAULT 0",
    "UPDATE candles SET written_at = start",
    "CREATE INDEX candles_as_written ON candles (written_at)",
    # The highest sequence of each kind and product that was ever pruned.
    """
    CREATE TABLE pruned (
        kind TEXT NOT NULL,
        product TEXT NOT NULL,
        through_sequence INTEGER NOT NULL,
        PRIMARY KEY (kind, product)
    ) WITHOUT ROWID
    """,
)
