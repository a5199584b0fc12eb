"""Slows down guessing the password of an account.

After ten wrong passwords in a row each further one costs a pause: 1 s, then 2, 4 and so on up to
30 s, in which no password is looked at. What is asked in a pause neither counts nor prolongs it, a
right password ends it all, and after a quarter of an hour without a wrong one it is forgotten. So
one account takes at most 120 guesses an hour, and its owner, should somebody keep it in a pause,
waits half a minute at a time; sessions and API keys go on regardless. It is the address that is
counted, and not the account, so that nothing tells whether there is one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deltastream.domain.errors import TooManyAttemptsError
from deltastream.ports.clock import Clock

FREE_ATTEMPTS: Final = 10
LONGEST_PAUSE: Final = timedelta(seconds=30)
FORGOTTEN_AFTER: Final = timedelta(minutes=15)
_FIRST_PAUSE: Final = timedelta(seconds=1)
# Far more than the longest pause takes, and no number beyond all bounds.
_MOST_DOUBLINGS: Final = 10


@dataclass(slots=True)
class _Account:
    """What is known of an address.

    Attributes:
        waiting: how many attempts are under way; while there are any it is not forgotten.
    """

    failures: int = 0
    failed_at: datetime | None = None
    waiting: int = 0
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)


class LoginThrottle:
    """Counts wrong passwords by address, in this process.

    It knows so many addresses; when it is full, the one that failed longest ago is forgotten. Each
    wrong password costs a good part of a second, so that filling it takes longer than forgetting.
    """

    def __init__(self, *, clock: Clock, most: int = 20_000) -> None:
        self._clock = clock
        self._most = most
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    async def judge(self, address: str, is_right: Callable[[], Awaitable[bool]]) -> bool:
        """Say whether a password is right, unless this address is in a pause.

        Passwords of one address are looked at one after the other: many at once are no way round.

        Raises:
            TooManyAttemptsError: it is in a pause; the password was not looked at.
        """
        account = self._accounts.setdefault(address, _Account())
        account.waiting += 1
        try:
            async with account.one_at_a_time:
                self._require_no_pause(account)
                right = await is_right()
                self._count(address, account, right=right)
                return right
        finally:
            account.waiting -= 1
            unneeded = not account.failures and not account.waiting
            if unneeded and self._accounts.get(address) is account:
                del self._accounts[address]

    def _require_no_pause(self, account: _Account) -> None:
        if account.failed_at is None:
            return
        since = self._clock() - account.failed_at
        if since >= FORGOTTEN_AFTER:
            account.failures, account.failed_at = 0, None
            return
        pause = _pause_after(account.failures)
        if since < pause:
            raise TooManyAttemptsError(
                attempts=account.failures, retry_after=(pause - since).total_seconds()
            )

    def _count(self, address: str, account: _Account, *, right: bool) -> None:
        if right:
            account.failures, account.failed_at = 0, None
            return
        account.failures += 1
        account.failed_at = self._clock()
        self._accounts[address] = account
        self._accounts.move_to_end(address)
        while len(self._accounts) > self._most:
            self._accounts.popitem(last=False)


def _pause_after(failures: int) -> timedelta:
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    doublings = min(failures - FREE_ATTEMPTS, _MOST_DOUBLINGS)
    return min(_FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
