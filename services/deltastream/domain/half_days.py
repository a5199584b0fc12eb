"""Half days: what history is thinned to where only the ends of sessions are wanted."""

from datetime import timedelta
from typing import Final

HALF_DAY: Final = timedelta(hours=12)
"""From midnight or noon UTC. The last chain of each half day is the last of every session, wherever
the exchange is: in the half day in which a session ends no other begins."""
