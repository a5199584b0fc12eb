"""Bus and storage, of which some calls fail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import grpc
from tests.enrichment.bench import Bench

from deltastream.domain.errors import DependencyUnavailableError
from deltastream.ports.bus import Bus
from deltastream.storage.v1.storage_service_pb2_grpc import StorageServiceStub


@dataclass
class Faulty:
    """Something real, of which calls fail whose names begin so while `failing` is set.

    Attributes:
        heard: whether a failing call does its work first, and only its answer is lost.
        failures: how many calls have failed.
    """

    real: Any
    failing: str
    error: Exception
    heard: bool = False
    failures: int = 0

    def __getattr__(self, name: str) -> Any:
        return self._failing(name) if self._fails(name) else getattr(self.real, name)

    def _fails(self, name: str) -> bool:
        return bool(self.failing) and name.startswith(self.failing)

    def _failing(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **options: Any) -> Any:
            if self.heard:
                await getattr(self.real, name)(*arguments, **options)
            self.failures += 1
            raise self.error

        return call

    async def has_failed(self) -> int:
        return self.failures


@dataclass
class Counting:
    """Something real, of which the first arguments of one method's calls are kept."""

    real: Any
    method: str
    calls: list[Any] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return self._count if name == self.method else getattr(self.real, name)

    async def _count(self, first: Any, **options: Any) -> Any:
        self.calls.append(first)
        return await getattr(self.real, self.method)(first, **options)

    async def calls_with(self, subject: str) -> int:
        """Return how many calls were about a subject, perhaps among others."""
        return sum(subject in first for first in self.calls)


def faulty_bus(bench: Bench, failing: str, *, heard: bool = False) -> Faulty:
    return Faulty(bench.bus, failing, DependencyUnavailableError("bus"), heard)


def faulty_storage(bench: Bench, failing: str) -> Faulty:
    away = grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
    )
    return Faulty(bench.storage, failing, away)


def with_bus(bench: Bench, bus: Any) -> Bench:
    return replace(bench, bus=cast("Bus", bus))


def with_storage(bench: Bench, storage: Any) -> Bench:
    return replace(bench, storage=cast("StorageServiceStub", storage))
