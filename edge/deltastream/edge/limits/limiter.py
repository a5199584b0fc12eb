"""Decides who has asked too often."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import grpc
from google.rpc import status_pb2

from deltastream.edge.errors.statuses import retry_info, status_of
from deltastream.edge.limits.callers import Caller
from deltastream.edge.limits.counting import Counter
from deltastream.edge.limits.rates import Rate, Standing
from deltastream.errors.v1.error_reason_pb2 import ErrorReason

TAKES_CREDENTIALS: Final = frozenset(
    f"/deltastream.auth.v1.AuthService/{name}"
    for name in ("Register", "Login", "Refresh", "ChangePassword", "ExchangeApiKey")
)
"""The methods at which passwords, tokens and keys can be guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often may be asked; None for any number of times.

    Attributes:
        client: by one client address.
        account: by one account, whichever token or key it sends.
        credentials: by one client address, of methods that take credentials.
    """

    client: Rate | None = None
    account: Rate | None = None
    credentials: Rate | None = None


class Verdict(NamedTuple):
    """What became of somebody's wish.

    Attributes:
        standings: where they stand by each rate that applies.
        refused: the one by which they asked too often; None if they may.
    """

    standings: tuple[Standing, ...]
    refused: Standing | None


class RateLimiter:
    """Takes tokens from the buckets of whoever asks.

    Args:
        rates: that apply.
        counter: has the buckets.
    """

    def __init__(self, rates: Rates, counter: Counter) -> None:
        self._rates = rates
        self._counter = counter

    @property
    def unlimited(self) -> bool:
        """Whether there is nothing to decide."""
        return self._rates == Rates()

    async def ask(self, caller: Caller, *, credentials: bool = False) -> Verdict:
        """Take a token from each bucket that applies, until one has none left."""
        standings: tuple[Standing, ...] = ()
        for rate, key in self._applying(caller, credentials=credentials):
            standing = await self._counter.take(rate, key)
            standings = (*standings, standing)
            if standing.retry_in > 0.0:
                return Verdict(standings, standing)
        return Verdict(standings, None)

    def _applying(self, caller: Caller, *, credentials: bool) -> Iterator[tuple[Rate, str]]:
        rates = self._rates
        if rates.client is not None:
            yield rates.client, caller.address
        if credentials and rates.credentials is not None:
            yield rates.credentials, caller.address
        account = None if rates.account is None else caller.account()
        if account is not None and rates.account is not None:
            yield rates.account, account


def refusal_of(standing: Standing) -> status_pb2.Status:
    """Return the status that tells somebody that they asked too often."""
    return status_of(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_RATE_LIMITED,
        f"more than {standing.rate}; wait before asking again",
        metadata={"limit": str(standing.rate)},
        details=[retry_info(timedelta(milliseconds=math.ceil(standing.retry_in * 1000)))],
    )
