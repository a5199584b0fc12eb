"""API keys, exchanged for the access tokens that services understand."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from weakref import WeakValueDictionary

import grpc
from google.rpc import status_pb2

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from deltastream.edge.errors.statuses import StatusError, status_of
from deltastream.edge.errors.upstream_errors import status_of_failure
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.runtime.identity.verifier import REFUSALS, Verifier

_EXCHANGE: Final = pb.DESCRIPTOR.services_by_name["AuthService"].methods_by_name["ExchangeApiKey"]
_SECONDS: Final = 5.0
_REMEMBERED: Final = 10_000
_LONGEST_KEY: Final = 512
# A token must not end on its way to the service.
_SPARE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchanged:
    token: str = field(repr=False)
    good_until: float


class _Asking:
    """Several who come with one key that has to be exchanged.

    Attributes:
        turn: is his who exchanges it for all.
        failures: how many have tried in vain.
        status: what came of the last of them.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.failures = 0
        self.status = status_pb2.Status()


class ApiKeys:
    """Gets a token for a key, and the same one again until shortly before it ends.

    Keys are remembered by their hashes, at most `capacity` of them, those that were used last. A
    token that was ended is given up: auth says whether the key goes on, and with which roles.
    """

    def __init__(
        self,
        auth: AuthServiceStub,
        *,
        verifier: Verifier,
        clock: Callable[[], float] = time.time,
        capacity: int = _REMEMBERED,
    ) -> None:
        """Remember nothing yet.

        Args:
            auth: exchanges keys.
            verifier: knows which tokens have ended.
            clock: seconds since 1970.
            capacity: how many keys are remembered.
        """
        self._auth = auth
        self._verifier = verifier
        self._clock = clock
        self._capacity = capacity
        self._tokens: OrderedDict[bytes, _Exchanged] = OrderedDict()
        self._asking: WeakValueDictionary[bytes, _Asking] = WeakValueDictionary()

    async def token_for(self, api_key: str) -> str:
        """Return an access token with the key's roles.

        Raises:
            StatusError: there is none for it, or auth does not answer.
        """
        if not 0 < len(api_key) <= _LONGEST_KEY or not api_key.isprintable():
            raise _invalid()
        digest = _digest_of(api_key)
        return await self._remembered(digest) or await self._exchange_once(digest, api_key)

    def known_token(self, api_key: str) -> str | None:
        """Return the token that was got for a key, without asking auth; None if there is none."""
        if len(api_key) > _LONGEST_KEY:
            return None
        known = self._tokens.get(_digest_of(api_key))
        return None if known is None else known.token

    async def _remembered(self, digest: bytes) -> str | None:
        known = self._tokens.get(digest)
        if known is None:
            return None
        if known.good_until <= self._clock() or not await self._goes_on(known.token):
            self._tokens.pop(digest, None)
            return None
        self._tokens.move_to_end(digest)
        return known.token

    async def _goes_on(self, token: str) -> bool:
        try:
            await self._verifier.verify(token)
        except REFUSALS:
            return False
        return True

    async def _exchange_once(self, digest: bytes, api_key: str) -> str:
        """Exchange a key for all who come with it meanwhile; a failure is theirs too.

        Were each to try for himself, they would wait for an auth that is away one after another.
        """
        asking = self._asking.setdefault(digest, _Asking())
        failures = asking.failures
        async with asking.turn:
            token = await self._remembered(digest)
            if token is not None:
                return token
            if asking.failures > failures:
                raise StatusError(asking.status)
            try:
                return await self._exchange(digest, api_key)
            except StatusError as error:
                asking.failures += 1
                asking.status = error.status
                raise

    async def _exchange(self, digest: bytes, api_key: str) -> str:
        request = pb.ExchangeApiKeyRequest(api_key=api_key)
        try:
            answer = await self._auth.ExchangeApiKey(request, timeout=_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise StatusError(status_of_failure(error, method=_EXCHANGE)) from None
        left = answer.expires_at.ToNanoseconds() / 1e9 - self._clock()
        self._tokens[digest] = _Exchanged(
            token=answer.token, good_until=self._clock() + max(left / 2.0, left - _SPARE_SECONDS)
        )
        if len(self._tokens) > self._capacity:
            self._tokens.popitem(last=False)
        token: str = answer.token
        return token


def _digest_of(api_key: str) -> bytes:
    return sha256(api_key.encode(errors="surrogatepass")).digest()


def _invalid() -> StatusError:
    return StatusError(
        status_of(
            grpc.StatusCode.UNAUTHENTICATED,
            ErrorReason.ERROR_REASON_CREDENTIALS_INVALID,
            "the API key is not valid",
        )
    )
