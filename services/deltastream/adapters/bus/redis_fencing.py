"""Scripts that Redis runs only while the caller holds its leases.

Comparing and writing are one script, so that nobody else can come in between: a replica that was
frozen after it had looked at its lease is refused by the server, in the moment of writing.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from deltastream.adapters.redis_library import ResponseError
from deltastream.domain.errors import LeaseLostError
from deltastream.ports.leases import Lease

FENCE: Final = """
-- KEYS begin with those of the leases; ARGV with their number, and with what each must hold.
local leases = tonumber(ARGV[1])
local lost = {}
for i = 1, leases do
  if redis.call('GET', KEYS[i]) ~= ARGV[1 + i] then lost[#lost + 1] = i - 1 end
end
if #lost > 0 then return redis.error_reply('LEASELOST ' .. table.concat(lost, ' ')) end
"""
"""How a fenced script begins. It goes on with KEYS[leases + 1] and ARGV[leases + 2]."""

_LOST: Final = re.compile(r"LEASELOST((?: \d+)+)")


def lease_key(group: str, name: str) -> str:
    """Name the key that exists while somebody holds a lease."""
    return f"deltastream:lease:{group}:{name}"


def lease_value(lease: Lease) -> str:
    """Write what the key of a lease holds."""
    return f"{lease.holder} {lease.number}"


async def run_fenced(
    script: Callable[..., Awaitable[Any]],
    *,
    under: Sequence[Lease],
    keys: Sequence[Any],
    args: Sequence[Any],
) -> Any:
    """Run a script that begins with FENCE.

    Args:
        script: what to run; takes `keys` and `args`.
        under: leases without which it does nothing.
        keys: what follows the keys of the leases.
        args: what follows the values of the leases.

    Raises:
        LeaseLostError: some of them are not held; nothing was done.
    """
    lease_keys = [lease_key(lease.group, lease.name) for lease in under]
    values = [lease_value(lease) for lease in under]
    try:
        return await script(keys=[*lease_keys, *keys], args=[len(values), *values, *args])
    except ResponseError as error:
        lost = _LOST.match(str(error))
        if lost is None:
            raise
        raise LeaseLostError(under[int(index)].name for index in lost[1].split()) from None
