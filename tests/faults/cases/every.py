"""All cases, in the order in which they run."""

from typing import Final

from tests.faults.case import Case
from tests.faults.cases import (
    black_hole,
    freeze_enrichment,
    kill_enrichment,
    kill_redis,
    kill_roles,
    lost_replies,
    overload,
    poison,
    rolling_restart,
    slow_socket,
    slow_subscriber,
)

CASES: Final[tuple[Case, ...]] = (
    kill_enrichment.CASE,
    kill_roles.CASE,
    freeze_enrichment.CASE,
    kill_redis.CASE,
    lost_replies.CASE,
    black_hole.CASE,
    slow_subscriber.CASE,
    slow_socket.CASE,
    rolling_restart.CASE,
    overload.CASE,
    poison.CASE,
)
