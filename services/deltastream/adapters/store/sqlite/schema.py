"""The market database's tables.

Times are whole microseconds since 1970-01-01T00:00:00Z, dates ISO 8601 text, enumerations the
names of the contract. NULL is what is absent. Each index serves one listing, the reading of runs or
pruning; a listing without an index of its own runs backwards along the table's key.

The tables are not STRICT: SQLite has that from 3.37, and some systems bring Python 3.11 with an
older one.
"""

from typing import Final

from deltastream.adapters.sqlite.migrations import Schema
from deltastream.adapters.store.sqlite.version_1 import VERSION_1
from deltastream.adapters.store.sqlite.version_2 import VERSION_2
from deltastream.adapters.store.sqlite.version_3 import VERSION_3

MARKET_SCHEMA: Final = Schema(
    application_id=0x44534D4B, migrations=(VERSION_1, VERSION_2, VERSION_3)
)
"""The application id is "DSMK" in ASCII."""
