"""Leases in Redis: a key each, which ends by itself, and a sorted set of a group's members."""

from collections.abc import Sequence
from typing import Any, Final

from deltastream.adapters.bus.checks import check_seconds
from deltastream.adapters.bus.redis_fencing import lease_key, lease_value
from deltastream.adapters.bus.redis_scripts import MICROSECONDS
from deltastream.adapters.redis_connection import answering
from deltastream.adapters.redis_library import Redis
from deltastream.ports.leases import Lease

_NUMBER_KEY: Final = "deltastream.lease-number"

# The number is never given twice, not even after a crash that took the counter's last second.
_ACQUIRE: Final = (
    MICROSECONDS
    + """
-- KEYS: the counter, leases. ARGV: holder, milliseconds.
local numbers = {}
for i = 2, #KEYS do
  local held, number = redis.call('GET', KEYS[i]), 0
  if not held or string.match(held, '^(.*) %d+$') == ARGV[1] then
    number = math.max((redis.call('GET', KEYS[1]) or 0) + 1, microseconds())
    local digits = string.format('%d', number)
    redis.call('SET', KEYS[1], digits)
    redis.call('SET', KEYS[i], ARGV[1] .. ' ' .. digits, 'PX', ARGV[2])
  end
  numbers[i - 1] = number
end
return numbers
"""
)

_RENEW: Final = """
-- KEYS: leases. ARGV: milliseconds, what each lease must hold.
local held = {}
for i = 1, #KEYS do
  held[i] = redis.call('GET', KEYS[i]) == ARGV[i + 1] and redis.call('PEXPIRE', KEYS[i], ARGV[1])
end
return held
"""

_RELEASE: Final = """
-- KEYS: leases. ARGV: what each lease must hold.
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[i] then redis.call('DEL', KEYS[i]) end
end
"""

_PRESENT: Final = (
    MICROSECONDS
    + """
-- KEYS: members. ARGV: a member, the microseconds that it lives.
local now = microseconds()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%d', now))
redis.call('ZADD', KEYS[1], string.format('%d', now + ARGV[2]), ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
)


class RedisLeases:
    """Leases and members by the server's clock. Every call is one round trip.

    Repeating a call whose reply was lost is safe: what was acquired is acquired again, under a
    new number, and only that is returned.
    """

    def __init__(self, redis: Redis, *, dependency: str) -> None:
        self._redis = redis
        self._dependency = dependency
        self._acquire = redis.register_script(_ACQUIRE)
        self._renew = redis.register_script(_RENEW)
        self._release = redis.register_script(_RELEASE)
        self._present = redis.register_script(_PRESENT)

    async def present(self, group: str, member: str, *, seconds: float) -> list[str]:
        """See the port."""
        check_seconds(seconds)
        async with answering(self._dependency):
            members = await self._present(
                keys=[_members_key(group)], args=[member, round(seconds * 1_000_000)]
            )
        return sorted(name.decode() for name in members)

    async def leave(self, group: str, member: str) -> None:
        """See the port."""
        async with answering(self._dependency):
            await self._redis.zrem(_members_key(group), member)

    async def acquire(
        self, group: str, names: Sequence[str], holder: str, *, seconds: float
    ) -> list[Lease]:
        """See the port."""
        check_seconds(seconds)
        keys = [_NUMBER_KEY, *(lease_key(group, name) for name in names)]
        async with answering(self._dependency):
            numbers = await self._acquire(keys=keys, args=[holder, _milliseconds(seconds)])
        return [
            Lease(group=group, name=name, holder=holder, number=number)
            for name, number in zip(names, numbers, strict=True)
            if number
        ]

    async def renew(self, leases: Sequence[Lease], *, seconds: float) -> list[Lease]:
        """See the port."""
        check_seconds(seconds)
        async with answering(self._dependency):
            held = await self._renew(
                keys=_keys(leases), args=[_milliseconds(seconds), *map(lease_value, leases)]
            )
        return [lease for lease, is_held in zip(leases, held, strict=True) if is_held]

    async def release(self, leases: Sequence[Lease]) -> None:
        """See the port."""
        async with answering(self._dependency):
            await self._release(keys=_keys(leases), args=[*map(lease_value, leases)])

    async def holders(self, group: str, names: Sequence[str]) -> dict[str, str]:
        """See the port."""
        if not names:
            return {}
        values: Any
        async with answering(self._dependency):
            values = await self._redis.mget([lease_key(group, name) for name in names])
        return {
            name: value.decode().rpartition(" ")[0]
            for name, value in zip(names, values, strict=True)
            if value is not None
        }


def _keys(leases: Sequence[Lease]) -> list[str]:
    return [lease_key(lease.group, lease.name) for lease in leases]


def _members_key(group: str) -> str:
    return f"deltastream:members:{group}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
