"""The products that clients can subscribe to."""

import asyncio
from collections.abc import Callable
from typing import Final

import grpc

from deltastream.edge.sockets.refusal import RefusedError
from deltastream.errors.v1.error_reason_pb2 import ErrorReason
from deltastream.storage.v1.storage_service_pb2 import ListProductsRequest
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub

_DEADLINE_SECONDS: Final = 2.0
_FRESH_SECONDS: Final = 1.0


class Catalogue:
    """Knows the products that have been streamed here, and those that storage has data of.

    Storage is asked at most once a second, however many clients ask for unknown products.
    """

    def __init__(
        self,
        *,
        storage: StorageServiceStub,
        streamed: Callable[[], set[str]],
        monotonic: Callable[[], float],
    ) -> None:
        """Know nothing yet.

        Args:
            storage: lists the products that have data.
            streamed: returns the products that have been streamed here.
            monotonic: the time in seconds.
        """
        self._storage = storage
        self._streamed = streamed
        self._monotonic = monotonic
        self._stored: set[str] = set()
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None
        self._answered = False

    async def products(self) -> list[str]:
        """Return all known products, ascending.

        Raises:
            RefusedError: storage does not answer, and none is known without it.
        """
        answered = await self._refresh()
        known = self._known()
        if not known and not answered:
            raise _unavailable("the products are not known yet: storage does not answer")
        return sorted(known)

    async def check(self, product: str) -> None:
        """Do nothing if the product is known.

        Raises:
            RefusedError: it is not, or cannot be found out.
        """
        if product in self._known():
            return
        answered = await self._refresh()
        known = self._known()
        if product in known:
            return
        if not answered:
            raise _unavailable(
                f"whether there is a product {product} is not known: storage does not answer"
            )
        if not known:
            raise _unavailable(
                f"whether there is a product {product} is not known: the feed has sent nothing yet"
            )
        names = ", ".join(sorted(known))
        raise RefusedError(
            ErrorReason.ERROR_REASON_PRODUCT_NOT_FOUND,
            f"product {product} is not known; known are: {names}",
        )

    def _known(self) -> set[str]:
        return self._stored | self._streamed()

    async def _refresh(self) -> bool:
        """Ask storage unless it was asked just now; say whether it answered."""
        async with self._asking:
            if self._is_stale():
                self._answered = await self._ask()
                # From the answer on: the question may have taken longer than an answer is fresh,
                # and each of those who wait would ask again, one after the other.
                self._asked_at = self._monotonic()
            return self._answered

    def _is_stale(self) -> bool:
        return self._asked_at is None or self._monotonic() - self._asked_at >= _FRESH_SECONDS

    async def _ask(self) -> bool:
        try:
            response = await self._storage.ListProducts(
                ListProductsRequest(), timeout=_DEADLINE_SECONDS
            )
        except grpc.aio.AioRpcError:
            return False
        self._stored = set(response.products)
        return True


def _unavailable(what: str) -> RefusedError:
    return RefusedError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        f"{what}; try again shortly",
    )
